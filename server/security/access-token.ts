import type { JWTPayload } from "jose";
// By their own entries, as everywhere at a start: all of jose takes three times as long to load.
import { decodeProtectedHeader } from "jose/decode/protected_header";
import * as errors from "jose/errors";
import { jwtVerify } from "jose/jwt/verify";
import { UnauthenticatedError, type UnauthenticatedReason } from "./errors.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import type { Principal } from "./principal.ts";
import { type KeyQuery, type SignatureAlgorithm, signatureAlgorithms } from "./verification-keys.ts";

/** What an access token is held against. */
export interface AccessTokenRequirements {
  /** Must equal the `iss` claim, trailing slash included. */
  readonly issuer: string;
  /** Must equal the `aud` claim or a member of it, trailing slash included. */
  readonly audience: string;
  readonly keys: IssuerKeys;
  /** How far the clocks of issuer and server may differ. */
  readonly clockToleranceSeconds: number;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/** RFC 9068, section 2.1, and what issuers from before it write; RFC 7515, section 4.1.9 lets `application/` go. */
const accessTokenType = /^(?:application\/)?(?:at\+)?jwt$/i;

/**
 * Verifies a JWT access token (RFC 7519, RFC 8725): type, signature, issuer, audience, `exp` (required) and `nbf`.
 *
 * @throws UnauthenticatedError when the token cannot be trusted
 * @throws IssuerUnavailableError while no key of the issuer is known
 */
export async function verifyAccessToken(
  token: string,
  requirements: AccessTokenRequirements,
): Promise<Principal> {
  const query = readHeader(token);
  const candidates = await requirements.keys.find(query);
  if (candidates.length === 0) throw new UnauthenticatedError("unknown-key");
  const { issuer, audience, clockToleranceSeconds, now } = requirements;
  for (const { key, algorithm } of candidates) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [algorithm],
        issuer,
        audience,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now()),
      });
      return principalOf(payload);
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      throw error instanceof errors.JOSEError ? new UnauthenticatedError(reasonOf(error)) : error;
    }
  }
  throw new UnauthenticatedError("signature");
}

function readHeader(token: string): KeyQuery {
  let header: { alg?: unknown; kid?: unknown; typ?: unknown };
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new UnauthenticatedError("malformed");
  }
  const { alg, kid, typ } = header;
  if (!isSignatureAlgorithm(alg)) throw new UnauthenticatedError("algorithm");
  if (kid !== undefined && typeof kid !== "string") throw new UnauthenticatedError("malformed");
  if (typ !== undefined && !(typeof typ === "string" && accessTokenType.test(typ)))
    throw new UnauthenticatedError("type");
  return { algorithm: alg, kid };
}

function isSignatureAlgorithm(alg: unknown): alg is SignatureAlgorithm {
  return (signatureAlgorithms as readonly unknown[]).includes(alg);
}

function reasonOf(error: errors.JOSEError): UnauthenticatedReason {
  if (error instanceof errors.JWTExpired) return "expired";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "malformed";
  if (error.reason !== "check_failed") return "claims";
  if (error.claim === "iss") return "issuer";
  if (error.claim === "aud") return "audience";
  return "not-yet-valid";
}

function principalOf(payload: JWTPayload): Principal {
  // RFC 8417, section 2.2: only a security event has it, among them a logout that calls itself no more than a JWT.
  if (payload.events !== undefined) throw new UnauthenticatedError("type");
  // RFC 9449 and RFC 8705: who cannot prove to hold the key has stolen the token.
  if (payload.cnf !== undefined) throw new UnauthenticatedError("bound");
  const user = isNonEmptyString(payload.sub) ? payload.sub : undefined;
  const clientId = [payload.azp, payload.client_id].find(isNonEmptyString);
  const subject = user ?? clientId;
  if (subject === undefined || payload.exp === undefined) throw new UnauthenticatedError("claims");
  const scopes = new Set([...namesIn(payload.scope), ...namesIn(payload.permissions)]);
  return { subject, user, clientId, scopes, expiresAt: payload.exp };
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function namesIn(claim: unknown): readonly string[] {
  if (typeof claim === "string") return claim.split(" ").filter(isNonEmptyString);
  return Array.isArray(claim) ? claim.filter(isNonEmptyString) : [];
}
