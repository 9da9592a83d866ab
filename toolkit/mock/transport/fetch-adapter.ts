import type { MockAnswer, MockRequest } from "../message.ts";

const bodiless = new Set([204, 205, 304]);

/** Whether an answer may carry a body at all (RFC 9110, section 6.4.1). */
export function mayHaveBody(method: string, status: number): boolean {
  return method !== "head" && !bodiless.has(status);
}

/** A Fetch request as the mock sees it. */
export async function fromFetchRequest(request: Request): Promise<MockRequest> {
  const { pathname, searchParams, search } = new URL(request.url);
  return {
    method: request.method.toLowerCase(),
    path: pathname,
    query: searchParams,
    search: search.slice(1),
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()),
  };
}

/** A mock's request in Fetch's terms, for handlers that speak those. */
export function toFetchRequest({ method, path, query, headers, body }: MockRequest, origin: string): Request {
  const search = query.size > 0 ? `?${query}` : "";
  const init: RequestInit = { method: method.toUpperCase(), headers: { ...headers } };
  if (body.length > 0 && method !== "get" && method !== "head") init.body = new Uint8Array(body);
  return new Request(origin + path + search, init);
}

/** Said of a connection, not of a message that is handed on (RFC 9110, section 7.6.1), or written anew. */
const ofTheConnection = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "proxy-connection", "content-length"],
]);

/** A Fetch response as the mock's answer, whole: a body that is encoded stays so. */
export async function fromFetchResponse(response: Response): Promise<MockAnswer> {
  const body = Buffer.from(await response.arrayBuffer());
  // A response with a URL came by fetch, which has decoded it; one that an application has made is as it made it.
  const isDecoded = response.url !== "";
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) {
    if (ofTheConnection.has(name) || (isDecoded && name === "content-encoding")) continue;
    if (name === "set-cookie") headers[name] = response.headers.getSetCookie();
    else headers[name] = value;
  }
  const length = response.headers.get("content-length");
  // The length of what a GET would bring: an answer to HEAD, which brings nothing.
  if (body.length === 0 && length !== null && !isDecoded) headers["content-length"] = length;
  return { status: response.status, headers, body: body.length > 0 ? body : undefined };
}

/** A mock's answer in Fetch's terms. */
export function toFetchResponse({ status, headers, body }: MockAnswer): Response {
  const content = typeof body === "string" || body === undefined ? (body ?? null) : new Uint8Array(body);
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new Response(content, { status, headers: pairs });
}
