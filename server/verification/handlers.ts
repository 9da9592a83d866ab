import { challengeHandler } from "./challenge.ts";
import { Codes } from "./codes.ts";
import { confirmHandler } from "./confirm.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import { enrolHandler } from "./enrol.ts";
import { EnrolmentSessions } from "./enrolment-session.ts";
import { passkeyHandlers } from "./passkey.ts";
import { ChallengeSessions } from "./session.ts";
import { verifyHandler } from "./verify.ts";
import { assertionVerifier } from "./verify-assertion.ts";

/** The six operations that use what is kept, and have more of it. */
export function verificationHandlers(dependencies: VerificationDependencies): VerificationHandlers {
  const sessions = new ChallengeSessions(dependencies.challengeKey);
  const enrolments = new EnrolmentSessions(dependencies.secrets.cipher);
  const codes = new Codes(dependencies);
  const verifyAssertion = assertionVerifier(dependencies);
  return {
    createAuthenticationChallenge: challengeHandler(dependencies, sessions, codes),
    verifyAuthenticationMethod: verifyHandler(dependencies, sessions, codes, verifyAssertion),
    ...passkeyHandlers(dependencies, sessions, verifyAssertion),
    startAuthenticationEnrolment: enrolHandler(dependencies, enrolments, codes),
    confirmAuthenticationEnrolment: confirmHandler(dependencies, enrolments, codes),
  };
}
