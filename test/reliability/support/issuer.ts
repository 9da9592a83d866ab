import type { JWTPayload } from "jose";
import document from "../../../generated/openapi.json" with { type: "json" };
import { allScopes } from "../../../server/security/scopes.ts";
import {
  createSigningKey,
  type HttpIssuer,
  type SigningKey,
  signToken,
  startHttpIssuer,
} from "../../server/security/http-issuer.ts";

export const audience = "https://reliability.example/api/v2/";
export const everyScope = allScopes(document);

const secondsPerHour = 3600;

/** An issuer over HTTP with one key, as a server's ISSUER names it. */
export interface TestIssuer {
  readonly http: HttpIssuer;
  readonly key: SigningKey;
  /** What a server's environment needs to accept its tokens. */
  readonly env: Readonly<Record<string, string>>;
  /** The claims of a good token with every scope, changed by `changes`. */
  claims(changes?: JWTPayload): JWTPayload;
  /** A good token; the same one for the same scopes, as clients keep theirs. */
  token(scopes?: readonly string[], subject?: string): Promise<string>;
}

/** The caller stops it by `http.goDown`. */
export async function startIssuer(): Promise<TestIssuer> {
  const http = await startHttpIssuer();
  const key = await createSigningKey("reliability", "RS256");
  http.publish(key);
  const tokens = new Map<string, Promise<string>>();

  const claims = (changes: JWTPayload = {}): JWTPayload => ({
    iss: http.url,
    aud: audience,
    sub: "reliability",
    exp: Math.floor(Date.now() / 1000) + secondsPerHour,
    scope: everyScope.join(" "),
    ...changes,
  });
  return {
    http,
    key,
    env: {
      ISSUER: http.url,
      AUDIENCE: audience,
      ENCRYPTION_KEYS: `reliability:${Buffer.alloc(32, 3).toString("base64")}`,
    },
    claims,
    token(scopes = everyScope, subject = "reliability") {
      const scope = scopes.join(" ");
      const name = `${subject} ${scope}`;
      const token = tokens.get(name) ?? signToken(key, claims({ sub: subject, scope }));
      tokens.set(name, token);
      return token;
    },
  };
}
