import {
  bearer,
  type ClientCredentials,
  type ConnectionOptions,
  connect,
  type TokenFunction,
} from "contract-first/client";
import type { Client } from "openapi-fetch";
import type { NamedCalls } from "./named-calls.ts";
import type { paths } from "./openapi.d.ts";
import { serializers } from "./serializers.ts";

/** An openapi-fetch client that knows this API: `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `use`, `eject`. */
export type AuthenticationMethodsClient = NamedCalls & Client<paths, "application/json">;

/** A bearer token, what gives one, or what one can be bought with. */
export type Token = string | TokenFunction | (ClientCredentials & { audience: string });

/** All options of openapi-fetch, and those of this client. */
export interface ClientOptions extends Omit<ConnectionOptions, "requireContent"> {
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
}

/**
 * Makes a client of the Authentication Methods API.
 *
 * Calls resolve to openapi-fetch's `{ data, error, response }`; {@link unwrap} turns that into data or an exception.
 *
 * @example
 * const client = createClient({ baseUrl: "https://identity.example.com/api/v2", token });
 *
 * @throws TypeError `baseUrl`, `token` or `tokenUrl` cannot be used; the message says why. Calls then throw
 *   {@link NetworkError}, {@link TimeoutError}, {@link TokenError}, {@link UnexpectedResponseError}, or the reason
 *   of an aborted signal.
 */
export function createClient({ token, retry = {}, ...options }: ClientOptions): AuthenticationMethodsClient {
  if (typeof token === "object" && !token.audience) throw new TypeError("token.audience is missing");
  const client: Client<paths, "application/json"> = connect(
    { ...options, retry: retry && { isInFlight, ...retry }, requireContent: true },
    serializers,
    token === undefined ? undefined : bearer(token, options),
  );
  return client as AuthenticationMethodsClient;
}

async function isInFlight(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => undefined)) as { errorCode?: string } | undefined;
  return body?.errorCode === "idempotent_request_in_flight";
}
