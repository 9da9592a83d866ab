import type { Fetch } from "contract-first/client";
import {
  clientCredentials,
  type RetryOptions,
  readWhole,
  refuseUnexpected,
  rememberRequest,
  type Token,
  type TokenSource,
  withRetry,
  withTimeout,
  withToken,
} from "contract-first/client";
import createOpenapiFetch, { type Client, type ClientOptions as OpenapiFetchOptions } from "openapi-fetch";
import type { paths } from "./openapi.d.ts";

/** An openapi-fetch client that knows this API: `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `use`, `eject`. */
export type AuthenticationMethodsClient = Client<paths, "application/json">;

/** All options of openapi-fetch, and those of this client. */
export interface ClientOptions extends OpenapiFetchOptions {
  /**
   * Address of the API with its base path, for example `https://identity.example.com/api/v2`. In a browser a path
   * such as `/api/v2` is enough for the page's own origin.
   */
  baseUrl: string;
  /**
   * The bearer token: a string, a function that gives one, or client credentials that fetch and renew one. A
   * request that has an `Authorization` header already keeps it.
   *
   * @default undefined – requests go without a token
   */
  token?: Token | undefined;
  /**
   * When a call is tried again: after network failures, timeouts and passing statuses, for idempotent methods and
   * for a POST with an `Idempotency-Key`. `false` never tries again.
   *
   * @default {}
   */
  retry?: RetryOptions | false | undefined;
  /**
   * Milliseconds until one attempt must be answered in full; `false` for no bound.
   *
   * @default 10_000
   */
  timeout?: number | false | undefined;
  /**
   * Milliseconds that a call may take with its token, all attempts and the waits between them; `false` for no
   * bound.
   *
   * @default 60_000
   */
  totalTimeout?: number | false | undefined;
  /**
   * What sends a request. One that is given with a single call takes the place of token, retry and timeouts too.
   *
   * @default globalThis.fetch
   */
  fetch?: Fetch;
}

/**
 * Makes a client of the Authentication Methods API.
 *
 * Calls resolve to openapi-fetch's `{ data, error, response }`; {@link unwrap} turns that into data or an exception.
 *
 * @example
 * const client = createClient({ baseUrl: "https://identity.example.com/api/v2", token });
 *
 * @throws {TypeError} `baseUrl`, `token` or `tokenUrl` cannot be used; the message says why. Calls then throw
 *   {@link NetworkError}, {@link TimeoutError}, {@link TokenError}, {@link UnexpectedResponseError}, or the reason
 *   of an aborted signal.
 */
export function createClient(options: ClientOptions): AuthenticationMethodsClient {
  const {
    token,
    retry = {},
    timeout = 10_000,
    totalTimeout = 60_000,
    fetch = (request: Request, init?: RequestInit) => globalThis.fetch(request, init),
    ...openapiFetchOptions
  } = options;
  requireAddress("baseUrl", options.baseUrl);

  const attempt = withTimeout(readWhole(fetch), timeout);
  const authorized =
    token === undefined
      ? attempt
      : withToken(
          attempt,
          tokenSource(
            token,
            withRetry(attempt, retry, totalTimeout, () => true),
          ),
        );
  const whole = withTimeout(withRetry(authorized, retry, totalTimeout), totalTimeout);

  const client = createOpenapiFetch<paths, "application/json">({
    ...openapiFetchOptions,
    fetch: refuseUnexpected(whole),
  });
  // First in, so last to see the answer: after any middleware that replaces it.
  client.use(rememberRequest);
  return client;
}

function tokenSource(token: Token, fetch: Fetch): TokenSource {
  if (typeof token === "function") return async (refused) => token({ renew: refused !== undefined });
  if (typeof token === "string") {
    if (!token.trim()) throw new TypeError("token is empty");
    return async () => token.trim();
  }
  requireAddress("token.tokenUrl", token.tokenUrl);
  for (const name of ["clientId", "clientSecret", "audience"] as const) {
    if (!token[name]) throw new TypeError(`token.${name} is missing`);
  }
  return clientCredentials(token, fetch);
}

function requireAddress(name: string, address: string): void {
  const isOnPage = "location" in globalThis && /^\//.test(address);
  if (!isOnPage && !/^https?:\/\/./.test(address)) {
    throw new TypeError(`${name} must be like https://identity.example.com/api/v2, not ${address}`);
  }
}
