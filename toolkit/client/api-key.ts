import type { Auth } from "./auth.ts";

/** An API key, as a contract's security scheme of type `apiKey` places it. */
export interface ApiKey {
  /** Where it goes. A browser sets no `Cookie` header: there `credentials: "include"` sends the cookies it has. */
  in: "header" | "query" | "cookie";
  /** Name of the header, the query parameter or the cookie. */
  name: string;
  /** The key. */
  value: string;
}

/**
 * An API key in a header, the query or a cookie. What a request already has under that name stays.
 *
 * @throws TypeError The key is empty.
 */
export function apiKey({ in: place, name, value }: ApiKey): Auth {
  if (!value) throw new TypeError(`the API key ${name} is empty`);
  const auth: Auth = (request) => {
    if (place === "query") return withQuery(request, name, value);
    const { headers } = request;
    if (place === "header") {
      if (!headers.has(name)) headers.set(name, value);
    } else {
      const cookies = headers.get("cookie");
      headers.set("cookie", `${cookies ? `${cookies}; ` : ""}${name}=${encodeURIComponent(value)}`);
    }
    return request;
  };
  auth.isFixed = true;
  return auth;
}

async function withQuery(request: Request, name: string, value: string): Promise<Request> {
  const url = new URL(request.url);
  if (url.searchParams.has(name)) return request;
  url.search += `${url.search ? "&" : ""}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const { method, headers, signal, credentials, cache, mode, referrer, integrity, keepalive } = request;
  const isEmpty = method === "GET" || method === "HEAD";
  // A request's body cannot be handed on as a stream in every browser.
  const body = isEmpty ? null : await request.arrayBuffer();
  const settings = { method, headers, signal, credentials, cache, mode, referrer, integrity, keepalive };
  const sent = new Request(url, { ...settings, body: body?.byteLength ? body : null, redirect: "manual" });
  return Object.assign(sent, Object.fromEntries(Object.entries(request)));
}
