import type { Client } from "openapi-fetch";
import { allOf } from "./all-of.ts";
import type { Auth } from "./auth.ts";
import { serializeBody } from "./body.ts";
import { type ConnectionOptions, connect } from "./connect.ts";
import { platformFetch } from "./fetch.ts";
import { serializePath } from "./path.ts";
import { type QueryStyle, querySerializer } from "./query.ts";
import { bearer, type Token } from "./token.ts";
import { withUploadProgress } from "./upload-progress.ts";

/** All options of openapi-fetch, and those of this client. */
export interface ClientOptions extends ConnectionOptions {
  /**
   * A bearer token: a string, a function that gives one, or client credentials that fetch and renew one. A request
   * that has an `Authorization` header already keeps it.
   *
   * @default undefined – requests go without a token
   */
  token?: Token | undefined;
  /**
   * Other credentials: {@link basic}, {@link apiKey}, a function of one's own, or several of them at once.
   *
   * @default undefined – requests go without
   */
  auth?: Auth | readonly Auth[] | undefined;
  /**
   * How queries are written, as openapi-fetch has it.
   *
   * @default lists as `a=1&a=2`, objects as `a[b]=1`
   */
  querySerializer?: QueryStyle;
  /**
   * Fills in the parameters of a path.
   *
   * @default each of OpenAPI's styles, as the names in the path say
   */
  pathSerializer?: (path: string, values: Record<string, unknown>) => string;
}

/**
 * Makes a client of any API, typed by the `paths` that openapi-typescript makes of its contract.
 *
 * Calls resolve to openapi-fetch's `{ data, error, response }`; {@link unwrap} turns that into data or an exception.
 *
 * @example
 * const client = createClient<paths>({ baseUrl: "https://api.example.com/v1", token });
 *
 * @throws TypeError `baseUrl`, `token` or `tokenUrl` cannot be used; the message says why. Calls then throw
 *   {@link NetworkError}, {@link TimeoutError}, {@link TokenError}, {@link UnexpectedResponseError}, or the reason
 *   of an aborted signal.
 */
export function createClient<Paths extends {}, Media extends `${string}/${string}` = `${string}/${string}`>(
  options: ClientOptions,
): Client<Paths, Media> {
  const {
    token,
    auth = [],
    querySerializer: style,
    pathSerializer = serializePath,
    fetch = platformFetch,
    ...connection
  } = options;
  const auths = [auth].flat();
  if (token !== undefined) auths.push(bearer(token, options));
  return connect<Paths, Media>(
    { ...connection, fetch: withUploadProgress(fetch) },
    { path: pathSerializer, query: querySerializer(style), body: serializeBody },
    auths.length > 0 ? allOf(...auths) : undefined,
  );
}
