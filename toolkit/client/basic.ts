import type { Auth } from "./auth.ts";

/**
 * User name and password (HTTP Basic, RFC 7617), in UTF-8. A request that has an `Authorization` header already
 * keeps it.
 *
 * @throws TypeError The user name has a colon, which would end it.
 */
export function basic(username: string, password: string): Auth {
  if (username.includes(":")) throw new TypeError("a user name for HTTP Basic cannot have a colon");
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const credentials = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  const auth: Auth = (request) => {
    if (!request.headers.has("authorization")) request.headers.set("authorization", credentials);
    return request;
  };
  auth.isFixed = true;
  return auth;
}
