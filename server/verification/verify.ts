import { hash } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import type { EmailAnswer, PhoneAnswer, TotpAnswer } from "../../generated/openapi.d.ts";
import { authenticationMethodNotFound } from "../authentication-methods/problems.ts";
import { actorOf } from "../http/actor.ts";
import type { Actor } from "../store/audit/event.ts";
import type { AnswerAttempt } from "../store/verification.ts";
import { userNotFound } from "../users/problems.ts";
import type { Codes } from "./codes.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import { secondsUntil } from "./moments.ts";
import { challengeExpired, methodOfAnotherType, tooManyAttempts, verificationFailed } from "./problems.ts";
import { reporter } from "./report.ts";
import type { ChallengeSessions } from "./session.ts";
import { matchTotp } from "./totp.ts";
import type { AssertionVerifier } from "./verify-assertion.ts";

/** Verifies what a user answered: a code against what is kept, or an assertion against its credential. */
export function verifyHandler(
  { store, secrets, now, metrics }: VerificationDependencies,
  sessions: ChallengeSessions,
  codes: Codes,
  verifyAssertion: AssertionVerifier,
): VerificationHandlers["verifyAuthenticationMethod"] {
  const report = reporter(metrics);

  async function verifyTotp(userId: string, answer: TotpAnswer, log: FastifyBaseLogger, actor: Actor) {
    const found = await store.getMethod(userId, answer.authentication_method_id);
    if (found.outcome === "unknown-user") return userNotFound;
    if (found.outcome === "unknown-method") return authenticationMethodNotFound;
    const { method } = found;
    if (method.type !== "totp" || method.encryptedSecret === null) return methodOfAnotherType;
    const secret = secrets.cipher.decrypt(method.encryptedSecret, { userId, methodId: method.id });
    const moment = now();
    const totpStep = matchTotp(secret, answer.otp_code, moment / 1000);
    const isRight = totpStep !== undefined || codes.isTestCode(answer.otp_code);
    return decide(
      { method, now: moment, isRight, ...(totpStep !== undefined && { totpStep }) },
      answer,
      log,
      actor,
    );
  }

  async function verifyCode(
    userId: string,
    answer: PhoneAnswer | EmailAnswer,
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    const session = sessions.open(answer.auth_session);
    if (session === undefined || session.type !== answer.type || session.userId !== userId) {
      report.refused(answer.type, "session-forged", log);
      return challengeExpired;
    }
    const found = await store.getMethod(userId, session.methodId);
    if (found.outcome === "unknown-user") return userNotFound;
    if (found.outcome === "unknown-method") return challengeExpired;
    const isRight = codes.isRight(session.id, answer.otp_code);
    return decide({ method: found.method, now: now(), isRight, session }, answer, log, actor);
  }

  async function decide(
    attempt: AnswerAttempt,
    { device }: TotpAnswer | PhoneAnswer | EmailAnswer,
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    const { method, now: moment, session } = attempt;
    const verified = await store.verify(
      {
        ...attempt,
        ...(device !== undefined && { device: hash("sha256", `${method.id}\0${device}`, "base64url") }),
      },
      actor,
    );
    switch (verified.outcome) {
      case "verified":
        return report.verified(method, moment, log);
      case "too-many":
        report.paused(method, log);
        return tooManyAttempts(secondsUntil(verified.at, moment));
      case "unknown-method":
        return session === undefined ? authenticationMethodNotFound : challengeExpired;
      case "wrong":
      case "used":
        report.refused(method.type, verified.outcome, log, method.id);
        return verificationFailed;
      default:
        report.refused(method.type, verified.outcome, log, method.id);
        return challengeExpired;
    }
  }

  return async ({ params: { id }, body }, context) => {
    const { log } = context.request;
    const actor = actorOf(context);
    switch (body.type) {
      case "totp":
        return verifyTotp(id, body, log, actor);
      case "phone":
      case "email":
        return verifyCode(id, body, log, actor);
      case "webauthn": {
        const session = sessions.open(body.auth_session);
        if (session?.type !== "webauthn" || session.userId !== id) return challengeExpired;
        return verifyAssertion(session, body.authn_response, log, actor);
      }
    }
  };
}
