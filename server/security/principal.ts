import type { FastifyRequest } from "fastify";

/** Who a request comes from, as its verified access token says. */
export interface Principal {
  /** The `sub` claim; `azp` or `client_id` for a machine's token without one. */
  readonly subject: string;
  /** The `sub` claim alone: the one user that a token of the own-user scopes acts on. */
  readonly user: string | undefined;
  /** The application that the token was issued to: the `azp` claim, or `client_id` (RFC 9068, section 2.2). */
  readonly clientId: string | undefined;
  /** What the claims `scope` (RFC 8693, section 4.2) and `permissions` (Auth0) grant together. */
  readonly scopes: ReadonlySet<string>;
  /** The `exp` claim: seconds since the UNIX epoch. */
  readonly expiresAt: number;
}

/** On the request itself: a weak map of requests costs the garbage collector a look at each of them. */
const noted = Symbol("principal");

declare module "fastify" {
  interface FastifyRequest {
    [noted]?: Principal;
  }
}

/** Keeps who a request comes from, whatever becomes of it. */
export function notePrincipal(request: FastifyRequest, principal: Principal): void {
  request[noted] = principal;
}

/** Who the request comes from, once its token is verified. */
export function principalOf(request: FastifyRequest): Principal | undefined {
  return request[noted];
}
