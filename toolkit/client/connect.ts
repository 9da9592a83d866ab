import {
  type Client,
  type Middleware,
  mergeHeaders,
  type ClientOptions as OpenapiFetchOptions,
} from "openapi-fetch";
import { type AddressOptions, parseAddress } from "./address.ts";
import { type ParseAs, readData, readError } from "./answer.ts";
import { type Auth, withAuth } from "./auth.ts";
import { type Fetch, platformFetch } from "./fetch.ts";
import { runMiddleware } from "./middleware.ts";
import { readWhole } from "./network.ts";
import { refuseOtherPath } from "./path.ts";
import type { QueryStyle } from "./query.ts";
import { refuseRedirect } from "./redirect.ts";
import { type RetryOptions, withRetry } from "./retry.ts";
import { rememberRequest } from "./sent-request.ts";
import { withTimeout } from "./timeout.ts";

/** Settings of a client of any contract. */
export interface ConnectionOptions
  extends Omit<OpenapiFetchOptions, "fetch" | "redirect" | "pathSerializer" | "querySerializer">,
    AddressOptions {
  /**
   * Address of the API with its base path, for example `https://api.example.com/v1`. In a browser a path such as
   * `/api/v1` is enough for the page's own origin.
   */
  baseUrl: string;
  /**
   * When a call is tried again: after network failures, timeouts and passing statuses, for idempotent methods and
   * for a POST with an `Idempotency-Key`. `false` never tries again.
   *
   * @default {}
   */
  retry?: RetryOptions | false | undefined;
  /**
   * Milliseconds until one attempt must be answered in full, a stream until it begins; `false` for no bound.
   *
   * @default 10_000
   */
  timeout?: number | false | undefined;
  /**
   * Milliseconds that a call may take with its credentials, all attempts and the waits between them; `false` for no
   * bound.
   *
   * @default 60_000
   */
  totalTimeout?: number | false | undefined;
  /**
   * What sends a request. One that is given with a single call takes the place of credentials, retry and timeouts
   * too.
   *
   * @default globalThis.fetch
   */
  fetch?: Fetch;
  /**
   * Whether every success but 204 and 205 has content that is not `null`, so that one without is an
   * {@link UnexpectedResponseError}.
   *
   * @default false
   */
  requireContent?: boolean | undefined;
}

/** How values become parts of an address. */
export interface Serializers {
  /** The path with its parameters filled in; those without a value stay. */
  path(template: string, values: Record<string, unknown>): string;
  /** The query without its `?`. */
  query(values: Record<string, unknown>, style?: QueryStyle): string;
  /** What is sent as the body; it may change the headers. */
  body(body: unknown, headers: Headers): unknown;
}

/** What a single call is given, as openapi-fetch names it. */
interface CallOptions extends Record<string, unknown> {
  baseUrl?: string;
  fetch?: Fetch;
  headers?: OpenapiFetchOptions["headers"];
  params?: {
    path?: Record<string, unknown>;
    query?: Record<string, unknown>;
    header?: OpenapiFetchOptions["headers"];
  };
  parseAs?: ParseAs;
  body?: unknown;
  middleware?: readonly Middleware[];
  pathSerializer?: Serializers["path"];
  querySerializer?: QueryStyle;
  bodySerializer?: (body: unknown, headers: Headers) => unknown;
}

const methods = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"] as const;

type MediaType = `${string}/${string}`;

/**
 * A client with the calls, types and middleware of openapi-fetch, whose calls have credentials, retries, bounded time
 * and clear errors. openapi-fetch's own would follow redirects, and cannot be bundled in part.
 *
 * @param auth The credentials; requests go without where there are none.
 * @throws TypeError `baseUrl` cannot be used; the message says why.
 */
export function connect<Paths extends {}, Media extends MediaType = MediaType>(
  options: ConnectionOptions,
  serializers: Serializers,
  auth?: Auth,
): Client<Paths, Media> {
  const {
    baseUrl,
    retry = {},
    timeout = 10_000,
    totalTimeout = 60_000,
    fetch = platformFetch,
    requireContent,
    allowInsecureRequests,
    headers: baseHeaders,
    bodySerializer: baseBodySerializer = serializers.body,
    requestInitExt,
    Request: RequestClass,
    ...baseInit
  } = options;
  const parseBase = (address: string) => {
    const { origin, pathname, search } = parseAddress("baseUrl", address, { allowInsecureRequests });
    if (search) throw new TypeError("baseUrl has a query in it: leave it out");
    return origin + pathname.replace(/\/$/, "");
  };
  const base = parseBase(baseUrl);

  const attempt = withTimeout(readWhole(fetch), timeout);
  const own = withRetry(attempt, retry, totalTimeout, () => true);
  const authorized = auth ? withAuth(attempt, auth, own) : attempt;
  const whole = refuseRedirect(withTimeout(withRetry(authorized, retry, totalTimeout), totalTimeout));
  const middlewares: Middleware[] = [];

  async function call(method: string, schemaPath: string, callOptions: CallOptions = {}) {
    const {
      baseUrl: ownBase,
      fetch: send = whole,
      headers,
      params = {},
      parseAs = "json",
      body: content,
      middleware = [],
      pathSerializer = serializers.path,
      querySerializer,
      bodySerializer = baseBodySerializer,
      ...init
    } = callOptions;
    const path = pathSerializer(schemaPath, params.path ?? {});
    refuseOtherPath(path);
    const query = serializers.query(params.query ?? {}, querySerializer);
    const allHeaders = mergeHeaders(baseHeaders, headers, params.header);
    const body = content === undefined ? undefined : bodySerializer(content as never, allHeaders);
    if (typeof body === "string" && !allHeaders.has("content-type"))
      allHeaders.set("content-type", "application/json");

    const unsent = new (RequestClass ?? Request)(
      `${ownBase ? parseBase(ownBase) : base}${path}${query && `?${query}`}`,
      { ...baseInit, ...init, method, body, headers: allHeaders, redirect: "manual" } as RequestInit,
    );
    // What the platform does not know, such as `next` of Next.js, travels along.
    for (const name in init) if (!(name in unsent)) Object.assign(unsent, { [name]: init[name] });
    const { request, response } = await runMiddleware(
      [...middlewares, ...middleware],
      {
        schemaPath,
        params,
        id: Math.random().toString(36).slice(2),
        options: { ...options, ...callOptions, parseAs },
      } as never,
      unsent,
      (sent) => send(sent, { ...init, ...requestInitExt, parseAs }),
    );
    rememberRequest(response, request);
    return response.ok
      ? { data: await readData(request, response, parseAs, requireContent), response }
      : { error: await readError(response), response };
  }

  const client: Record<string, unknown> = {
    request: (method: string, path: string, init?: CallOptions) => call(method.toUpperCase(), path, init),
    use: (...added: Middleware[]) => void middlewares.push(...added),
    eject: (...removed: Middleware[]) => {
      for (const middleware of removed) {
        const index = middlewares.indexOf(middleware);
        if (index >= 0) middlewares.splice(index, 1);
      }
    },
  };
  for (const method of methods)
    client[method] = (path: string, init?: CallOptions) => call(method, path, init);
  return client as unknown as Client<Paths, Media>;
}
