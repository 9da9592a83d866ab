import { setImmediate } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type {
  CreateAuthenticationMethodRequest,
  RegistrationResponseJson,
} from "../../generated/openapi.d.ts";
import { authenticationMethodExists, limitReached } from "../authentication-methods/problems.ts";
import { toMethodRecord } from "../authentication-methods/record.ts";
import { representCreated } from "../authentication-methods/representation.ts";
import { seesUnmasked } from "../authentication-methods/unmasked.ts";
import { actorOf } from "../http/actor.ts";
import type { Principal } from "../security/principal.ts";
import type { Actor } from "../store/audit/event.ts";
import type { EnrolAttempt } from "../store/verification.ts";
import { userNotFound } from "../users/problems.ts";
import type { Codes } from "./codes.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import type { CodeEnrolment, CredentialEnrolment, EnrolmentSessions } from "./enrolment-session.ts";
import { answerOfAnotherKind, challengeExpired, verificationFailed } from "./problems.ts";
import { refuseCeremony, reporter } from "./report.ts";
import { matchTotp } from "./totp.ts";
import { CeremonyError } from "./webauthn/ceremony-error.ts";
import { type Registration, readRegistration } from "./webauthn/registration.ts";

/** Confirms an enrolment: the method is created where the answer is right, in one transaction. */
export function confirmHandler(
  { store, secrets, now, metrics }: VerificationDependencies,
  enrolments: EnrolmentSessions,
  codes: Codes,
): VerificationHandlers["confirmAuthenticationEnrolment"] {
  const report = reporter(metrics);

  async function create(
    userId: string,
    request: CreateAuthenticationMethodRequest,
    attempt: Omit<EnrolAttempt, "method">,
    principal: Principal,
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    const method = toMethodRecord(userId, request, attempt.now, secrets);
    const { outcome } = await store.enrolMethod({ ...attempt, method }, actor);
    switch (outcome) {
      case "created": {
        metrics.verification(method.type, "verified", "enrolment");
        log.info({ event: "enrolment_confirmed", methodId: method.id }, "a method was enrolled");
        const secret = request.type === "totp" ? request.totp_secret : undefined;
        return { status: 201, body: representCreated(method, secret, !seesUnmasked(principal)) } as const;
      }
      case "duplicate":
        return authenticationMethodExists;
      case "limit-reached":
        return limitReached;
      case "unknown-user":
        return userNotFound;
      default:
        report.refused(request.type, outcome, log);
        return outcome === "wrong" ? verificationFailed : challengeExpired;
    }
  }

  async function confirmCode(
    userId: string,
    { request, ...session }: CodeEnrolment,
    code: string,
    principal: Principal,
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    // As a create does: OpenSSL is faster on the secrets of a turn one after the other.
    if (request.type === "totp") await setImmediate();
    const moment = now();
    const totpStep =
      request.type === "totp" ? matchTotp(request.totp_secret, code, moment / 1000) : undefined;
    const isRight =
      request.type === "totp"
        ? totpStep !== undefined || codes.isTestCode(code)
        : codes.isRight(session.id, code);
    const used = totpStep === undefined ? {} : { totpStep };
    return create(userId, request, { session, now: moment, isRight, ...used }, principal, log, actor);
  }

  async function confirmCredential(
    userId: string,
    enrolment: CredentialEnrolment,
    answer: RegistrationResponseJson,
    principal: Principal,
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    const { id, expiresAt, type, relyingParty, origins, userVerification } = enrolment;
    try {
      const registration = await readRegistration(answer, {
        challenge: id,
        relyingParty,
        origins,
        requiresUserVerification: userVerification === "required",
      });
      const { signCount } = registration;
      const attempt = { session: { id, expiresAt }, now: now(), isRight: true, signCount };
      return create(userId, requestOf(enrolment, registration), attempt, principal, log, actor);
    } catch (error) {
      if (!(error instanceof CeremonyError)) throw error;
      report.refused(type, error.reason, log);
      return refuseCeremony(error);
    }
  }

  return async ({ params: { id }, body }, context) => {
    const { principal, request } = context;
    const { log } = request;
    const actor = actorOf(context);
    const enrolment = enrolments.open(id, body.auth_session);
    if (enrolment === undefined || enrolment.expiresAt <= now()) {
      report.refused("enrolment", enrolment === undefined ? "session-forged" : "session-expired", log);
      return challengeExpired;
    }
    if ("request" in enrolment)
      return "otp_code" in body
        ? confirmCode(id, enrolment, body.otp_code, principal, log, actor)
        : answerOfAnotherKind;
    return "authn_response" in body
      ? confirmCredential(id, enrolment, body.authn_response, principal, log, actor)
      : answerOfAnotherKind;
  };
}

function requestOf(
  { type, name, relyingParty, userHandle }: CredentialEnrolment,
  registration: Registration,
): CreateAuthenticationMethodRequest {
  const credential = {
    ...(name !== undefined && { name }),
    key_id: registration.credentialId,
    public_key: registration.publicKey,
    relying_party_identifier: relyingParty,
  };
  if (type === "webauthn-roaming") return { type, ...credential };
  const { aaguid, backupEligible, backedUp, transports } = registration;
  return {
    type,
    ...credential,
    aaguid,
    credential_device_type: backupEligible ? "multi_device" : "single_device",
    credential_backed_up: backedUp,
    user_handle: userHandle,
    ...(transports !== undefined && { transports: [...transports] }),
  };
}
