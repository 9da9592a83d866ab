import type { FastifyRequest } from "fastify";
import { InsufficientScopeError, UnauthenticatedError } from "./errors.ts";
import { notePrincipal, type Principal } from "./principal.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/** Authenticates a request and checks that its token grants every one of `scopes`. */
export type BearerHandler = (
  request: FastifyRequest,
  scopes: readonly string[],
) => Principal | Promise<Principal>;

/**
 * The security handler of an HTTP bearer scheme with JSON Web Tokens (RFC 6750): tokens of backends, which act on every
 * user.
 *
 * The handler throws, or its promise is rejected with, UnauthenticatedError (401), InsufficientScopeError (403) or
 * IssuerUnavailableError (503).
 */
export function createBearerHandler(verifier: TokenVerifier): BearerHandler {
  return (request, scopes) => {
    const { authorization } = request.headers;
    if (authorization === undefined) throw new UnauthenticatedError("missing-header");
    const token = bearerToken(authorization);
    if (token === undefined) throw new UnauthenticatedError("header-format");
    const principal = verifier.verify(token);
    return principal instanceof Promise
      ? principal.then((verified) => requireScopes(request, verified, scopes))
      : requireScopes(request, principal, scopes);
  };
}

/**
 * The security handler of tokens that act on their own user only: the `sub` claim must be the `{id}` of the path, so an
 * operation without that parameter lets none of them in.
 *
 * The handler throws, or its promise is rejected with, what that of `createBearerHandler` does.
 */
export function createOwnUserHandler(verifier: TokenVerifier): BearerHandler {
  const authenticate = createBearerHandler(verifier);
  return (request, scopes) => {
    const { id } = request.params as { readonly id?: string };
    const requireOwn = (principal: Principal) => {
      if (principal.user !== undefined && principal.user === id) return principal;
      throw new InsufficientScopeError(scopes);
    };
    const principal = authenticate(request, scopes);
    return principal instanceof Promise ? principal.then(requireOwn) : requireOwn(principal);
  };
}

/** The token of an `Authorization` header, unverified; undefined when the header is not of the bearer scheme. */
export function bearerToken(authorization: string | undefined): string | undefined {
  // RFC 9110, section 11.1: the name of a scheme is case-insensitive, spaces follow it.
  const scheme = authorization === undefined ? null : /^bearer +/i.exec(authorization);
  const token = scheme?.input.slice(scheme[0].length);
  return token?.includes(" ") ? undefined : token;
}

function requireScopes(request: FastifyRequest, principal: Principal, scopes: readonly string[]): Principal {
  notePrincipal(request, principal);
  if (scopes.every((scope) => principal.scopes.has(scope))) return principal;
  throw new InsufficientScopeError(scopes);
}
