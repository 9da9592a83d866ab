import type { FastifyRequest } from "fastify";
import { bearerToken } from "../security/bearer.ts";
import { UnauthenticatedError } from "../security/errors.ts";
import type { TokenVerifier } from "../security/token-verifier.ts";

/**
 * Whose bucket a request takes from: its token's subject's where the token is good, so that nobody else's requests count
 * against it; else its address's, of which those with a refused token have one of their own. Health checks are not
 * limited.
 */
export function clientKey(
  verifier: TokenVerifier,
): (request: FastifyRequest) => string | undefined | Promise<string> {
  async function verifiedKey(token: string, address: string): Promise<string> {
    try {
      return `subject ${(await verifier.verify(token)).subject}`;
    } catch (error) {
      return `${error instanceof UnauthenticatedError ? "refused" : "address"} ${address}`;
    }
  }

  return (request) => {
    if (request.routeOptions.url?.startsWith("/health/")) return undefined;
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return `address ${request.ip}`;
    const principal = verifier.cached(token);
    return principal === undefined ? verifiedKey(token, request.ip) : `subject ${principal.subject}`;
  };
}
