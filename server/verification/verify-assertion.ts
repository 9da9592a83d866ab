import type { FastifyBaseLogger } from "fastify";
import type { AuthenticationResponseJson, SignatureCounter } from "../../generated/openapi.d.ts";
import type { Actor } from "../store/audit/event.ts";
import type { MethodRecord } from "../store/store.ts";
import type { VerificationDependencies } from "./dependencies.ts";
import { challengeExpired } from "./problems.ts";
import { refuseCeremony, reporter } from "./report.ts";
import type { WebauthnSession } from "./session.ts";
import { type Assertion, readAssertion } from "./webauthn/assertion.ts";
import { CeremonyError } from "./webauthn/ceremony-error.ts";
import { isOfRelyingParty } from "./webauthn/credentials.ts";

/**
 * A key that nobody has the private half of (from W3C WebAuthn Level 3, section 16.1): what answers with unknown
 * credentials are held against, so that they take as long as others.
 */
const decoyKey =
  "pQECAyYgASFYIK/vofFvl8qbLSPrhsy2QJjSDbkIVgYuuCScM5tnLybfIlggkwpWuHovymYzSwNFir+HlxfBLMaO1zKQry4mZHlrkiA=";

export type AssertionVerifier = ReturnType<typeof assertionVerifier>;

/**
 * Verifies the answers of WebAuthn ceremonies. Nothing is written before an answer is right: an unknown credential
 * could not be told from a known one by the time it takes, and there is nothing to guess.
 */
export function assertionVerifier({ store, now, metrics }: VerificationDependencies) {
  const report = reporter(metrics);

  return async (
    session: WebauthnSession,
    answer: AuthenticationResponseJson,
    log: FastifyBaseLogger,
    actor: Actor,
  ) => {
    if (session.expiresAt <= now()) {
      report.refused("webauthn", "session-expired", log);
      return challengeExpired;
    }
    try {
      const { method, assertion } = await check(session, answer);
      const moment = now();
      const verified = await store.verify(
        {
          method,
          now: moment,
          isRight: true,
          session: { id: session.id, expiresAt: session.expiresAt },
          signCount: assertion.signCount,
        },
        actor,
      );
      if (verified.outcome !== "verified") {
        report.refused(method.type, verified.outcome, log, method.id);
        return challengeExpired;
      }
      const counter = counterOf(assertion.signCount, verified.previousSignCount);
      metrics.signatureCounter(counter);
      if (counter === "not_increased")
        log.warn({ event: "signature_counter_not_increased", methodId: method.id }, "there may be a clone");
      return report.verified(method, moment, log, {
        user_verified: assertion.userVerified,
        credential_backed_up: assertion.backedUp,
        signature_counter: counter,
        ...changedDeviceType(method, assertion),
      });
    } catch (error) {
      if (!(error instanceof CeremonyError)) throw error;
      report.refused("webauthn", error.reason, log);
      await store.recordRefusedAnswer(actor, session.userId ?? null, error.reason);
      return refuseCeremony(error);
    }
  };

  async function check(session: WebauthnSession, answer: AuthenticationResponseJson) {
    const assertion = await readAssertion(answer, {
      challenge: session.id,
      relyingParty: session.relyingParty,
      origins: session.origins,
      requiresUserVerification: session.userVerification === "required",
    });
    const found = await store.findCredential(assertion.credentialId);
    const method = found !== undefined && mayAnswer(found, session) ? found : undefined;
    const { public_key = decoyKey } = (method?.attributes ?? {}) as { readonly public_key?: string };
    await assertion.checkSignature(public_key);
    if (method === undefined) throw new CeremonyError("unknown_credential");
    checkUserHandle(method, assertion, session);
    return { method, assertion };
  }
}

function mayAnswer(method: MethodRecord, { userId, methodId, relyingParty }: WebauthnSession): boolean {
  if (!isOfRelyingParty(method, relyingParty)) return false;
  if (userId === undefined) return method.type === "passkey";
  return method.userId === userId && (methodId === undefined || method.id === methodId);
}

/** W3C WebAuthn Level 3, section 7.2, step 6, which SimpleWebAuthn leaves to its caller. */
function checkUserHandle(
  { attributes }: MethodRecord,
  { userHandle }: Assertion,
  { userId }: WebauthnSession,
): void {
  const { user_handle: kept } = attributes as { readonly user_handle?: string };
  const isOptional = userId !== undefined && (kept === undefined || userHandle === undefined);
  if (!isOptional && (kept === undefined || normalise(kept) !== userHandle))
    throw new CeremonyError("user_handle");
}

function normalise(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("base64url");
}

/** W3C WebAuthn Level 3, section 6.1.1. */
function counterOf(signCount: number, previous: number | null): SignatureCounter {
  if (signCount === 0 && (previous === null || previous === 0)) return "unsupported";
  return previous === null || signCount > previous ? "increased" : "not_increased";
}

/** Told where it is another than the one that is kept. */
function changedDeviceType({ attributes }: MethodRecord, { backupEligible }: Assertion) {
  const { credential_device_type: kept } = attributes as { readonly credential_device_type?: string };
  const present = backupEligible ? "multi_device" : "single_device";
  return kept === undefined || kept === present ? {} : ({ credential_device_type: present } as const);
}
