import { randomBytes } from "node:crypto";
import { actorOf } from "../http/actor.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import { timestamp } from "./moments.ts";
import { challengeExpired } from "./problems.ts";
import type { ChallengeSessions } from "./session.ts";
import type { AssertionVerifier } from "./verify-assertion.ts";
import { requestOptions, timeout } from "./webauthn/options.ts";
import { digestOrigins } from "./webauthn/origins.ts";

/** Sign-in without a user name: a challenge for whoever holds a passkey, and who it was. */
export function passkeyHandlers(
  { now, metrics }: VerificationDependencies,
  sessions: ChallengeSessions,
  verifyAssertion: AssertionVerifier,
): Pick<VerificationHandlers, "createPasskeyChallenge" | "verifyPasskey"> {
  return {
    createPasskeyChallenge({ body }) {
      const relyingParty = body.relying_party_identifier.toLowerCase();
      const userVerification = body.user_verification ?? "required";
      const challenge = randomBytes(32).toString("base64url");
      const expiresAt = now() + timeout * 1000;
      const origins = digestOrigins(relyingParty, body.origins);
      metrics.challenge("webauthn", "created");
      return {
        status: 201,
        body: {
          type: "webauthn",
          auth_session: sessions.seal({
            type: "webauthn",
            id: challenge,
            expiresAt,
            relyingParty,
            origins,
            userVerification,
          }),
          expires_at: timestamp(expiresAt),
          authn_params_public_key: requestOptions({ challenge, relyingParty, userVerification }),
        },
      };
    },

    async verifyPasskey({ body }, context) {
      const session = sessions.open(body.auth_session);
      if (session?.type !== "webauthn" || session.userId !== undefined) return challengeExpired;
      return verifyAssertion(session, body.authn_response, context.request.log, actorOf(context));
    },
  };
}
