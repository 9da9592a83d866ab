import type { AddressOptions } from "./address.ts";
import type { Auth } from "./auth.ts";
import { type ClientCredentials, clientCredentials } from "./client-credentials.ts";
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
 * @param fetch What a request for a token is sent with.
 * @returns The token to send; `refused` itself where there is no other.
 */
export type TokenSource = (refused: string | undefined, fetch: Fetch) => Promise<string>;

/**
 * A bearer token (RFC 6750). A request that has an `Authorization` header already keeps it.
 *
 * @throws TypeError The token is empty, or the credentials are incomplete.
 */
export function bearer(token: Token, options?: AddressOptions): Auth {
  const source = tokenSource(token, options);
  const auth: Auth = async (request, { refused, fetch }) => {
    if (request.headers.has("authorization")) return undefined;
    const last = refused?.headers.get("authorization")?.replace("Bearer ", "");
    const next = (await source(last, fetch))?.trim?.();
    // The platform's own error for such a header would repeat the token.
    if (!/^[\w.~+/-]+=*$/.test(next ?? "")) {
      throw new TokenError("token is empty or has characters that RFC 6750 forbids");
    }
    if (next === last) return undefined;
    request.headers.set("authorization", `Bearer ${next}`);
    return request;
  };
  auth.isFixed = typeof token === "string";
  return auth;
}

function tokenSource(token: Token, options?: AddressOptions): TokenSource {
  if (typeof token === "function") return renewedOnce(token);
  if (typeof token !== "string") return clientCredentials(token, options);
  if (!token.trim()) throw new TypeError("token is empty");
  return async () => token;
}

/** Asks a function once for a new token, however many calls the old one was refused for. */
function renewedOnce(token: TokenFunction): TokenSource {
  let last: { refused: string; renewed: Promise<string> } | undefined;
  return async (refused) => {
    if (refused === undefined) return token({ renew: false });
    if (last?.refused !== refused) last = { refused, renewed: (async () => token({ renew: true }))() };
    const { renewed } = last;
    const next = await renewed.catch(() => undefined);
    // What renewed nothing is asked again by the next call.
    if ((next === undefined || next.trim?.() === refused) && last?.renewed === renewed) last = undefined;
    return renewed;
  };
}
