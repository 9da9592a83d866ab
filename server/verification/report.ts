import type { FastifyBaseLogger } from "fastify";
import type { Verification } from "../../generated/openapi.d.ts";
import type { MethodRecord } from "../store/store.ts";
import type { VerificationMetrics } from "./metrics.ts";
import { originNotAllowed, userVerificationMissing, verificationFailed } from "./problems.ts";
import type { CeremonyError } from "./webauthn/ceremony-error.ts";

/** Tells the log and the metrics why an answer is refused, which its sender is not told. */
export function reporter(metrics: VerificationMetrics) {
  return {
    /** @param now microseconds since the UNIX epoch */
    verified(
      { userId, id, type }: MethodRecord,
      now: number,
      log: FastifyBaseLogger,
      more: Partial<Verification> = {},
    ) {
      metrics.verification(type, "verified", "none");
      log.info({ event: "verification_succeeded", methodId: id }, "an answer was right");
      const verified_at = new Date(now / 1000).toISOString();
      const body: Verification = {
        user_id: userId,
        authentication_method_id: id,
        type,
        verified_at,
        ...more,
      };
      return { status: 200, body } as const;
    },

    refused(type: string, reason: string, log: FastifyBaseLogger, methodId?: string): void {
      metrics.verification(type, "refused", reason);
      log.info({ event: "verification_failed", reason, methodId }, "an answer was refused");
    },

    paused({ type, id }: MethodRecord, log: FastifyBaseLogger): void {
      metrics.verification(type, "paused", "too-many");
      log.warn({ event: "verification_paused", methodId: id }, "too many answers were wrong");
    },
  };
}

/** What a caller cannot find by looking at its own code is told; all else is one answer. */
export function refuseCeremony({ reason }: CeremonyError) {
  switch (reason) {
    case "origin":
      return originNotAllowed;
    case "user_verification":
      return userVerificationMissing;
    default:
      return verificationFailed;
  }
}
