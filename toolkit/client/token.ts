import { abortable } from "./abortable.ts";
import type { ClientCredentials } from "./client-credentials.ts";
import type { Fetch } from "./fetch.ts";
import { TokenError } from "./token-error.ts";

/**
 * Gives the token for a call. It is asked before every call, so it should remember its token.
 *
 * @param reason `renew` is true when the server has just refused the last token.
 */
export type TokenFunction = (reason: { renew: boolean }) => string | Promise<string>;

/** A bearer token, what gives one, or what one can be bought with. */
export type Token = string | TokenFunction | ClientCredentials;

/**
 * Where tokens come from.
 *
 * @param refused The token that has just got a 401, where there is one.
 * @returns The token to send; `refused` itself where there is no other.
 */
export type TokenSource = (refused?: string) => Promise<string>;

/**
 * Sends the token with each request that names none itself, and after a 401 once more with a renewed token: a
 * request that was refused for its token had no effect.
 */
export function withToken(fetch: Fetch, source: TokenSource): Fetch {
  return async (request, init) => {
    if (request.headers.has("authorization")) return fetch(request, init);
    const signal = init?.signal ?? request.signal;
    const token = await abortable(source(), signal);
    const response = await fetch(authorize(request.clone(), token), init);
    if (response.status !== 401) return response;
    const renewed = await abortable(source(token), signal);
    return renewed === token ? response : fetch(authorize(request, renewed), init);
  };
}

function authorize(request: Request, token: string): Request {
  // The platform's own error for such a header would repeat the token.
  if (!/^[\w.~+/-]+=*$/.test(token)) {
    throw new TokenError("token is empty or has characters that RFC 6750 forbids");
  }
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}
