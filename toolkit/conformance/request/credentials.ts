import type { JsonObject, Operation, RequiredScheme } from "../../openapi/index.ts";
import { isObject } from "../../openapi/index.ts";
import { areWrong, type CredentialChoice } from "./request-case.ts";

/** What a run authenticates with. */
export interface Credentials {
  /** Bearer tokens; of those that are JWTs the scopes and the subject are read. */
  readonly tokens?: readonly string[];
  /** By the name of the header, query parameter or cookie that the security scheme has. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface KnownToken {
  readonly token: string;
  /** Undefined where the token does not tell: it is tried for everything. */
  readonly scopes: ReadonlySet<string> | undefined;
  readonly subject: string | undefined;
}

/** Where a credential goes on a request. */
export interface Placed {
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
}

/** Chooses credentials for requests, and writes them. */
export class Authorisation {
  readonly #tokens: readonly KnownToken[];
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    this.#tokens = (credentials.tokens ?? []).map((token) => ({ token, ...claimsOf(token) }));
  }

  /** Values that no report may show. */
  get secrets(): readonly string[] {
    const { tokens = [], apiKeys = {}, headers = {} } = this.#credentials;
    return [...tokens, ...Object.values(apiKeys), ...Object.values(headers)].filter(
      (text) => text.length > 3,
    );
  }

  /** The token that may do what the operation asks for; `none` where there is nothing to send or nothing is asked for. */
  for(operation: Operation): CredentialChoice {
    const index = this.#tokens.findIndex((token) =>
      operation.security.some((all) => all.every((each) => holds(token, each))),
    );
    if (index !== -1) return index;
    return this.#tokens.length > 0 || Object.keys(this.#credentials.apiKeys ?? {}).length > 0 ? 0 : "none";
  }

  /** Whether everything that one of the requirements asks for has been given. */
  suffices(operation: Operation): boolean {
    if (!asksForCredentials(operation)) return true;
    if (this.#credentials.headers !== undefined && Object.keys(this.#credentials.headers).length > 0)
      return true;
    return operation.security.some((all) => all.every((each) => this.#has(each)));
  }

  #has(required: RequiredScheme): boolean {
    const { scheme } = required;
    if (scheme?.type === "apiKey") return this.#credentials.apiKeys?.[String(scheme.name)] !== undefined;
    return this.#tokens.some((token) => holds(token, required));
  }

  /** A token that lacks a scope which the operation needs, and may be told so. */
  withoutScope(operation: Operation): { choice: number; missing: string } | undefined {
    for (const [choice, { scopes }] of this.#tokens.entries()) {
      if (scopes === undefined) continue;
      const missing = operation.security.map((all) =>
        all.flatMap((each) => each.scopes).find((scope) => !scopes.has(scope)),
      );
      const [first] = missing;
      if (first !== undefined && missing.every((scope) => scope !== undefined))
        return { choice, missing: first };
    }
    return undefined;
  }

  /** A token of another subject that has the scopes, too. */
  ofOtherUser(operation: Operation, than: CredentialChoice): number | undefined {
    const own = typeof than === "number" ? this.#tokens[than]?.subject : undefined;
    if (own === undefined) return undefined;
    const index = this.#tokens.findIndex(
      (token) =>
        token.subject !== undefined &&
        token.subject !== own &&
        operation.security.some((all) => all.every((each) => holds(token, each))),
    );
    return index === -1 ? undefined : index;
  }

  /** Writes the credentials that were chosen, as the operation's security schemes ask for. */
  place(operation: Operation, choice: CredentialChoice): Placed {
    const placed: Placed = { headers: {}, query: {} };
    if (choice === "none") return placed;
    const isWrong = areWrong(choice);
    Object.assign(placed.headers, isWrong ? {} : this.#credentials.headers);
    const token = typeof choice === "number" ? this.#tokens[choice]?.token : undefined;
    const alternatives = operation.security.filter((all) => all.length > 0);
    const named = typeof choice === "string" ? alternatives[Number(choice.split(" ")[1])] : undefined;
    const all =
      named ?? alternatives.find((each) => each.every((one) => this.#has(one))) ?? alternatives[0] ?? [];
    for (const { scheme } of all) this.#placeScheme(placed, scheme, isWrong ? "wrong" : token);
    return placed;
  }

  #placeScheme({ headers, query }: Placed, scheme: JsonObject | undefined, value: string | undefined): void {
    if (scheme?.type === "apiKey") {
      const name = String(scheme.name);
      const key = value === "wrong" ? "wrong" : this.#credentials.apiKeys?.[name];
      if (key === undefined) return;
      if (scheme.in === "query") query[name] = key;
      else if (scheme.in === "cookie")
        headers.cookie = [headers.cookie, `${name}=${key}`].filter(Boolean).join("; ");
      else headers[name.toLowerCase()] = key;
    } else if (value !== undefined) {
      const isBasic = String(scheme?.scheme).toLowerCase() === "basic";
      headers.authorization = `${isBasic ? "Basic" : "Bearer"} ${value === "wrong" && isBasic ? "d3Jvbmc6d3Jvbmc=" : value}`;
    }
  }
}

/** Whether somebody who shows nothing is turned away. */
export function asksForCredentials({ security }: Operation): boolean {
  return security.length > 0 && security.every((all) => all.length > 0);
}

function holds({ scopes }: KnownToken, required: RequiredScheme): boolean {
  return (
    required.scheme?.type !== "apiKey" &&
    (scopes === undefined || required.scopes.every((scope) => scopes.has(scope)))
  );
}

/** What a JWT (RFC 7519) says of itself; its signature is the server's matter. */
function claimsOf(token: string): Pick<KnownToken, "scopes" | "subject"> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    if (!isObject(claims)) return { scopes: undefined, subject: undefined };
    const { scope, scp, permissions, sub } = claims;
    const lists = [scope, scp, permissions].filter((list) => list !== undefined);
    const scopes = lists.flatMap((list) =>
      typeof list === "string" ? list.split(" ") : Array.isArray(list) ? list.map(String) : [],
    );
    return {
      scopes: lists.length === 0 ? undefined : new Set(scopes),
      subject: typeof sub === "string" ? sub : undefined,
    };
  } catch {
    return { scopes: undefined, subject: undefined };
  }
}
