import { readCredential } from "../../openapi/credential.ts";
import type { JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { MockRequest } from "../message.ts";
import type { Violation } from "../violation.ts";

/** What asks for the credentials of an HTTP scheme. An empty text asks for nothing. */
const challengesByScheme: Readonly<Record<string, string>> = {
  oauth2: "OAuth2",
  openIdConnect: "OpenID",
  bearer: "Bearer",
  basic: 'Basic realm="*"',
  digest: 'Digest realm="*", nonce="abc123"',
};

/** The parts that Digest credentials have (RFC 7616 §3.4). */
const digestParts = ["username=", "realm=", "nonce=", "uri=", "response="];

/** Credentials that are missing or misshapen: the challenge for them; undefined: these will do. */
function challengeOf(scheme: JsonObject, request: MockRequest): string | undefined {
  const kind = scheme.type === "http" ? String(scheme.scheme).toLowerCase() : String(scheme.type);
  // Mutual TLS and other HTTP schemes are let through: Prism does not know them.
  if (kind !== "apiKey" && !Object.hasOwn(challengesByScheme, kind)) return undefined;
  const credential = readCredential(scheme, request);
  if (
    credential !== undefined &&
    (kind !== "digest" || digestParts.every((part) => credential.includes(part)))
  )
    return undefined;
  // What is there already, and misshapen, is not asked for again.
  const isThere = new RegExp(`^${kind} `, "i").test(request.headers.authorization ?? "");
  return kind === "apiKey" || (isThere && kind !== "bearer") ? "" : challengesByScheme[kind];
}

/**
 * Checks that the credentials an operation asks for are there and look like what they should be:
 * any one of its requirements, whole. Whether they are genuine is no question for a mock.
 */
export function checkSecurity(operation: Operation, request: MockRequest): Violation | undefined {
  if (operation.security.length === 0) return undefined;
  const challenges: string[] = [];
  for (const requirement of operation.security) {
    const failures = requirement.map(({ scheme }) =>
      // What is not defined is not met by chance.
      scheme === undefined ? "" : challengeOf(scheme, request),
    );
    // `{}` stands for "anonymous": Prism takes it to mean that no credentials are sent at all.
    if (requirement.length === 0 && request.headers.authorization !== undefined) failures.push("None");
    if (failures.every((failure) => failure === undefined)) return undefined;
    challenges.push(...(failures.filter((failure) => failure !== undefined && failure !== "") as string[]));
  }
  return { severity: "Error", code: 401, message: "Invalid security scheme used", challenges };
}
