import type { DevelopmentIssuer } from "./development-issuer.ts";

const secondsPerDay = 24 * 60 * 60;

/**
 * A token endpoint for the client credentials grant (RFC 6749, section 4.4) that any client may use, for development:
 * whoever asks gets a token.
 *
 * @param defaultScopes what a token grants where the request names no `scope`
 */
export function developmentTokenEndpoint(
  issuer: DevelopmentIssuer,
  defaultScopes: readonly string[],
): (request: Request) => Promise<Response> {
  return async (request) => {
    const parameters = await readParameters(request);
    if (parameters === undefined)
      return refuse("invalid_request", "The body must be a form or a JSON object.");
    if (parameters.grant_type !== "client_credentials")
      return refuse("unsupported_grant_type", "The grant_type must be client_credentials.");
    if (typeof parameters.client_id !== "string" || parameters.client_id === "")
      return refuse("invalid_request", "There must be a client_id; any will do.");
    const { client_id, scope } = parameters;
    const scopes = typeof scope === "string" && scope !== "" ? scope.split(" ") : defaultScopes;
    const token = await issuer.sign({ subject: `${client_id}@clients`, scopes, expiresIn: secondsPerDay });
    return answer(200, {
      access_token: token,
      token_type: "Bearer",
      expires_in: secondsPerDay,
      scope: scopes.join(" "),
    });
  };
}

async function readParameters(request: Request): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await request.text();
  if (!/\bjson\b/.test(request.headers.get("content-type") ?? ""))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

function refuse(error: string, description: string): Response {
  return answer(400, { error, error_description: description });
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
