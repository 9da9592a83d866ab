import { isObject } from "../openapi/index.ts";

/** The scopes that a bearer token says it has; undefined where it is no JWT that tells. */
export function claimedScopes(authorization: string | null): ReadonlySet<string> | undefined {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(authorization?.split(".")[1] ?? "", "base64url").toString(),
    );
    if (!isObject(claims)) return undefined;
    const lists = [claims.scope, claims.scp, claims.permissions];
    return new Set(
      lists.flatMap((list) =>
        typeof list === "string" ? list.split(" ") : Array.isArray(list) ? list.map(String) : [],
      ),
    );
  } catch {
    return undefined;
  }
}
