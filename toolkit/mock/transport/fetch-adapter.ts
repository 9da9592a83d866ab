import type { MockAnswer, MockRequest } from "../message.ts";

const BODILESS = new Set([204, 205, 304]);

/** Whether an answer may carry a body at all (RFC 9110, section 6.4.1). */
export function mayHaveBody(method: string, status: number): boolean {
  return method !== "head" && !BODILESS.has(status);
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

/** A Fetch response as the mock's answer. */
export async function fromFetchResponse(response: Response): Promise<MockAnswer> {
  const body = Buffer.from(await response.arrayBuffer());
  // What fetch has decoded must not be announced as encoded.
  const dropped = new Set(["content-encoding", "content-length", "transfer-encoding", "connection"]);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !dropped.has(name)));
  return { status: response.status, headers, body: body.length > 0 ? body : undefined };
}

/** A mock's answer in Fetch's terms. */
export function toFetchResponse({ status, headers, body }: MockAnswer): Response {
  const content = typeof body === "string" || body === undefined ? (body ?? null) : new Uint8Array(body);
  return new Response(content, { status, headers: { ...headers } });
}
