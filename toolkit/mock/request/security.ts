import { parseCookies } from "../../openapi/cookies.ts";
import type { JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { MockRequest } from "../message.ts";
import type { Violation } from "../violation.ts";

/** Credentials that are missing or misshapen; undefined: these will do. An empty string challenges for nothing. */
type Check = (request: MockRequest, scheme: JsonObject) => string | undefined;

const bearer =
  (challenge: string): Check =>
  ({ headers }) =>
    /^Bearer\s.+$/i.test(headers.authorization ?? "") ? undefined : challenge;

const basic: Check = ({ headers }) => {
  const [scheme = "", credentials = ""] = (headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return 'Basic realm="*"';
  return Buffer.from(credentials, "base64").toString().includes(":") ? undefined : "";
};

const digest: Check = ({ headers }) => {
  const [scheme = "", ...parts] = (headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() !== "digest") return 'Digest realm="*", nonce="abc123"';
  const parameters = parts.join("");
  const complete = ["username=", "realm=", "nonce=", "uri=", "response="].every((name) =>
    parameters.includes(name),
  );
  return complete ? undefined : "";
};

const apiKey: Check = ({ headers, query }, scheme) => {
  const name = String(scheme.name);
  const found: Record<string, () => boolean> = {
    header: () => Boolean(headers[name.toLowerCase()]),
    query: () => Boolean(query.get(name)),
    cookie: () => Boolean(parseCookies(headers.cookie).get(name)?.[0]),
  };
  return (found[String(scheme.in)]?.() ?? true) ? undefined : "";
};

const oauth2 = bearer("OAuth2");
const openIdConnect = bearer("OpenID");
const http: Readonly<Record<string, Check>> = { bearer: bearer("Bearer"), basic, digest };

/** Missing kinds (mutual TLS, other HTTP schemes) cannot be seen in a request and are let through. */
function checkOf(scheme: JsonObject): Check | undefined {
  if (scheme.type === "apiKey") return apiKey;
  if (scheme.type === "oauth2") return oauth2;
  if (scheme.type === "openIdConnect") return openIdConnect;
  if (scheme.type !== "http") return undefined;
  return http[String(scheme.scheme).toLowerCase()];
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
      scheme === undefined ? "" : checkOf(scheme)?.(request, scheme),
    );
    // `{}` stands for "anonymous": Prism takes it to mean that no credentials are sent at all.
    if (requirement.length === 0 && request.headers.authorization !== undefined) failures.push("None");
    if (failures.every((failure) => failure === undefined)) return undefined;
    challenges.push(...(failures.filter((failure) => failure !== undefined && failure !== "") as string[]));
  }
  return { severity: "Error", code: 401, message: "Invalid security scheme used", challenges };
}
