import { parseCookies } from "./cookies.ts";
import type { JsonObject } from "./json.ts";
import type { SecurityRequirement } from "./operation.ts";

/** Where a request carries credentials. */
export interface CredentialCarrier {
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: URLSearchParams;
}

/**
 * The credential that a request brings for a Security Scheme Object: an API key; the token of `bearer`, `oauth2` and
 * `openIdConnect`; `user:password` of `basic`, decoded; of other HTTP schemes what follows their name.
 *
 * @returns `undefined` where there is none, or an empty one, and for `mutualTLS`, whose certificate is the connection's
 */
export function readCredential(scheme: JsonObject, carrier: CredentialCarrier): string | undefined {
  switch (scheme.type) {
    case "apiKey":
      return readKey(String(scheme.in), String(scheme.name), carrier) || undefined;
    case "oauth2":
    case "openIdConnect":
      return readAuthorization("bearer", carrier);
    case "http":
      return readAuthorization(String(scheme.scheme).toLowerCase(), carrier);
    default:
      return undefined;
  }
}

/** The names of the query parameters in which security schemes look for their credentials. */
export function queryCredentials(security: readonly SecurityRequirement[]): ReadonlySet<string> {
  const schemes = security.flat().map(({ scheme }) => scheme);
  return new Set(schemes.filter((scheme) => scheme?.in === "query").map((scheme) => String(scheme?.name)));
}

function readKey(
  place: string,
  name: string,
  { headers, query }: CredentialCarrier,
): string | null | undefined {
  if (place === "query") return query.get(name);
  if (place === "cookie") return parseCookies(one(headers.cookie)).get(name)?.[0];
  return one(headers[name.toLowerCase()]);
}

/** `credentials = auth-scheme [ 1*SP … ]`, the scheme's name in any case (RFC 9110 §11.1, §11.4). */
function readAuthorization(scheme: string, { headers }: CredentialCarrier): string | undefined {
  const authorization = one(headers.authorization) ?? "";
  const end = authorization.indexOf(" ");
  if (end === -1 || authorization.slice(0, end).toLowerCase() !== scheme) return undefined;
  const credential = authorization.slice(end).trim();
  if (scheme !== "basic") return credential || undefined;
  const decoded = Buffer.from(credential, "base64").toString();
  return decoded.includes(":") ? decoded : undefined;
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
