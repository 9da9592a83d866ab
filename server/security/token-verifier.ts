import { LRUCache } from "lru-cache";
import { verifyAccessToken } from "./access-token.ts";
import { UnauthenticatedError, type UnauthenticatedReason } from "./errors.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import type { Principal } from "./principal.ts";

export interface TokenVerifier {
  /**
   * Who the token speaks for: at once when it was verified before, else a promise.
   *
   * @throws UnauthenticatedError when the token cannot be trusted
   * @throws IssuerUnavailableError while no key of the issuer is known
   */
  verify(token: string): Principal | Promise<Principal>;
  /** Who the token speaks for, if it was verified before and is still good. */
  cached(token: string): Principal | undefined;
}

export interface TokenVerifierOptions {
  /** Must equal the `iss` claim, trailing slash included. */
  readonly issuer: string;
  /** Must equal the `aud` claim or a member of it, trailing slash included. */
  readonly audience: string;
  readonly keys: IssuerKeys;
  /** How far the clocks of issuer and server may differ. @default 5 */
  readonly clockToleranceSeconds?: number;
  /** Milliseconds since the UNIX epoch. @default Date.now */
  readonly now?: () => number;
}

const maximumTokenLength = 8_192;

/** Upper estimates of what is kept beside the token itself. */
const bytesPerPrincipal = 512;
const bytesPerScope = 64;

interface VerifiedToken {
  readonly token: string;
  readonly principal: Principal;
}

/**
 * The end of a token's signature, as good as unique among tokens that were verified. The whole token is compared too;
 * hashing all of it for each request would take several times as long as that.
 */
function fingerprintOf(token: string): string {
  return token.slice(-32);
}

/** Reasons that another moment may not confirm; every other one holds as long as the issuer's keys stay the same. */
const passingReasons: ReadonlySet<UnauthenticatedReason> = new Set(["unknown-key", "not-yet-valid"]);

/**
 * Verifies tokens once: what was decided is kept until the token expires or the issuer's keys change, within bounds
 * of memory. Tokens refused are kept apart, so that a flood of them cannot push out those that are good.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { issuer, audience, keys, clockToleranceSeconds = 5, now = Date.now } = options;
  const requirements = { issuer, audience, keys, clockToleranceSeconds, now };
  const verified = new LRUCache<string, VerifiedToken>({
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: ({ token, principal }) =>
      token.length + bytesPerPrincipal + principal.scopes.size * bytesPerScope,
  });
  const refused = new LRUCache<string, UnauthenticatedReason>({
    maxSize: 1024 * 1024,
    sizeCalculation: (_reason, token) => token.length,
  });
  const verifying = new Map<string, Promise<Principal>>();
  let revision = keys.revision;

  function forgetWhatOtherKeysDecided(): void {
    if (revision === keys.revision) return;
    revision = keys.revision;
    verified.clear();
    refused.clear();
  }

  function findVerified(token: string): Principal | undefined {
    const found = verified.get(fingerprintOf(token));
    return found?.token === token ? found.principal : undefined;
  }

  function isExpired({ expiresAt }: Principal): boolean {
    return expiresAt <= Math.floor(now() / 1_000) - clockToleranceSeconds;
  }

  async function verifyAndKeep(token: string): Promise<Principal> {
    const revisionBefore = keys.revision;
    try {
      const principal = await verifyAccessToken(token, requirements);
      if (keys.revision === revisionBefore) verified.set(fingerprintOf(token), { token, principal });
      return principal;
    } catch (error) {
      const isLasting = error instanceof UnauthenticatedError && !passingReasons.has(error.reason);
      if (isLasting && keys.revision === revisionBefore) refused.set(token, error.reason);
      throw error;
    } finally {
      verifying.delete(token);
    }
  }

  return {
    verify(token) {
      forgetWhatOtherKeysDecided();
      const principal = findVerified(token);
      if (principal !== undefined) {
        if (isExpired(principal)) throw new UnauthenticatedError("expired");
        return principal;
      }
      if (token.length === 0 || token.length > maximumTokenLength)
        throw new UnauthenticatedError("malformed");
      const reason = refused.get(token);
      if (reason !== undefined) throw new UnauthenticatedError(reason);
      let pending = verifying.get(token);
      if (pending === undefined) {
        pending = verifyAndKeep(token);
        verifying.set(token, pending);
      }
      return pending;
    },
    cached(token) {
      forgetWhatOtherKeysDecided();
      const principal = findVerified(token);
      return principal === undefined || isExpired(principal) ? undefined : principal;
    },
  };
}
