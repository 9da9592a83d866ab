import { type AddressOptions, parseAddress } from "./address.ts";
import type { Fetch } from "./fetch.ts";
import type { TokenSource } from "./token.ts";
import { TokenError } from "./token-error.ts";

/**
 * An application's own account (OAuth 2.0 client credentials, RFC 6749, section 4.4). For servers only: what a
 * browser is given, its user can read.
 */
export interface ClientCredentials {
  /** The token endpoint, for example `https://identity.example.com/oauth/token`. */
  tokenUrl: string;
  /** The application's id. */
  clientId: string;
  /** The application's secret. */
  clientSecret: string;
  /**
   * The API that the token is for, where the token endpoint asks for it.
   *
   * @default undefined
   */
  audience?: string | undefined;
  /**
   * Scopes to ask for, separated by spaces.
   *
   * @default undefined – all that the application has
   */
  scope?: string | undefined;
}

interface IssuedToken {
  value: string;
  /** UNIX milliseconds. */
  renewAt: number;
  expiresAt: number;
}

/**
 * Fetches a token when it is first needed, shares it between all calls, and renews it shortly before it expires.
 *
 * @throws TypeError The credentials are incomplete.
 */
export function clientCredentials(credentials: ClientCredentials, options?: AddressOptions): TokenSource {
  parseAddress("token.tokenUrl", credentials.tokenUrl, options);
  for (const name of ["clientId", "clientSecret"] as const) {
    if (!credentials[name]) throw new TypeError(`token.${name} is missing`);
  }
  let issued: IssuedToken | undefined;
  let pending: Promise<IssuedToken> | undefined;

  return async (refused, fetch) => {
    if (issued?.value === refused) issued = undefined;
    if (!issued || Date.now() >= issued.renewAt) {
      pending ??= requestToken(credentials, fetch).finally(() => {
        pending = undefined;
      });
      try {
        issued = await pending;
      } catch (error) {
        // An outage of the token endpoint is no reason to throw away a token that still holds.
        if (!issued || Date.now() >= issued.expiresAt) throw error;
      }
    }
    return issued.value;
  };
}

/** What a token endpoint answers: RFC 6749, sections 5.1 and 5.2. */
interface TokenResponse {
  access_token?: string;
  /** Seconds. */
  expires_in?: number;
  error?: string;
  error_description?: string;
}

async function requestToken(credentials: ClientCredentials, fetch: Fetch): Promise<IssuedToken> {
  const { tokenUrl, clientId, clientSecret, audience, scope } = credentials;
  const response = await fetch(
    new Request(tokenUrl, {
      method: "POST",
      // A redirect would hand the secret on to wherever it leads.
      redirect: "manual",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        ...(audience && { audience }),
        ...(scope && { scope }),
      }),
    }),
  );
  const answer = (await response.json().catch(() => undefined)) as TokenResponse | null | undefined;
  const value = answer?.access_token;
  if (!response.ok || !value) {
    const reason = `${answer?.error ?? "no token"}: ${answer?.error_description ?? response.statusText}`;
    throw new TokenError(
      `POST ${tokenUrl}: ${response.status} ${reason}. Check tokenUrl, clientId, clientSecret and audience`,
      response.status,
      answer?.error,
    );
  }
  const lifetime = (answer.expires_in ?? Infinity) * 1000;
  const expiresAt = Date.now() + lifetime;
  return { value, expiresAt, renewAt: expiresAt - Math.min(60_000, lifetime / 10) };
}
