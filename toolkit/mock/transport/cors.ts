import type { MockAnswer, MockRequest } from "../message.ts";

/** The headers that let a page of any origin read the answer, credentials included. */
export function corsHeaders({ headers }: MockRequest): Record<string, string> {
  return {
    "access-control-allow-origin": headers.origin || "*",
    "access-control-allow-headers": headers["access-control-request-headers"] || "*",
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": headers["access-control-expose-headers"] || "*",
  };
}

/** How long a browser need not ask again, in seconds: the most that Chromium heeds. */
const remembered = 7_200;

/** The answer to a preflight (Fetch, section 3.2.2), beside its `corsHeaders`; undefined where the request is none. */
export function preflight(request: MockRequest): MockAnswer | undefined {
  const method = request.headers["access-control-request-method"];
  if (request.method !== "options" || !request.headers.origin || !method) return undefined;
  const headers = {
    "access-control-allow-methods": method,
    "access-control-max-age": String(remembered),
    vary: "origin",
    "content-length": "0",
  };
  return { status: 204, headers, body: undefined };
}
