import { randomBytes } from "node:crypto";
import type { Context } from "contract-first/fastify";
import type {
  ChallengeEmailRequest,
  ChallengePhoneRequest,
  ChallengeWebauthnRequest,
} from "../../generated/openapi.d.ts";
import { authenticationMethodNotFound } from "../authentication-methods/problems.ts";
import { actorOf } from "../http/actor.ts";
import type { Principal } from "../security/principal.ts";
import type { MethodRecord } from "../store/store.ts";
import type { Session } from "../store/verification.ts";
import { userNotFound } from "../users/problems.ts";
import type { Codes, Destination } from "./codes.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import { timestamp } from "./moments.ts";
import { challengeExpired, deliveryNotConfigured, methodOfAnotherType } from "./problems.ts";
import type { ChallengeSessions } from "./session.ts";
import { isOfRelyingParty, listCredentials } from "./webauthn/credentials.ts";
import { requestOptions, timeout } from "./webauthn/options.ts";
import { digestOrigins } from "./webauthn/origins.ts";

type CodeRequest = ChallengePhoneRequest | ChallengeEmailRequest;

/** Challenges a user: a code goes out or is returned, or the options of a WebAuthn ceremony are given. */
export function challengeHandler(
  { store, now, metrics }: VerificationDependencies,
  sessions: ChallengeSessions,
  codes: Codes,
): VerificationHandlers["createAuthenticationChallenge"] {
  async function challengeByCode(userId: string, body: CodeRequest, context: Context<Principal>) {
    const { type, delivery, auth_session: authSession } = body;
    const canDeliver = codes.canDeliver(delivery, context.principal);
    const found = await store.getMethod(userId, body.authentication_method_id);
    if (found.outcome === "unknown-user") return userNotFound;
    if (found.outcome === "unknown-method") return authenticationMethodNotFound;
    const { method } = found;
    if (method.type !== type) return methodOfAnotherType;
    if (!canDeliver) return deliveryNotConfigured;
    const moment = now();
    const session =
      authSession === undefined ? codes.newSession(moment) : reopen(authSession, method, sessions);
    if (session === undefined) return challengeExpired;
    const destination = destinationOf(method, body.type === "phone" ? body.channel : undefined);
    const sent = await codes.send(
      { userId, method, session, now: moment },
      { ...destination, delivery },
      context.request.log,
      actorOf(context),
    );
    if (sent.status !== "sent") return sent;
    const { id, expiresAt } = session;
    return {
      status: 201,
      body: {
        type,
        auth_session: sessions.seal({ type, id, expiresAt, userId, methodId: method.id }),
        expires_at: timestamp(expiresAt),
        ...sent.returned,
      },
    } as const;
  }

  async function challengeByWebauthn(userId: string, body: ChallengeWebauthnRequest) {
    const { authentication_method_id: methodId, user_verification: userVerification = "preferred" } = body;
    const relyingParty = body.relying_party_identifier.toLowerCase();
    if (methodId !== undefined && !/^(passkey|webauthn-roaming)\|/.test(methodId)) return methodOfAnotherType;
    const listed = await listCredentials(store, userId);
    if (listed === undefined) return userNotFound;
    const credentials = listed.filter(
      (method) =>
        isOfRelyingParty(method, relyingParty) && (methodId === undefined || method.id === methodId),
    );
    if (credentials.length === 0) return authenticationMethodNotFound;
    const challenge = randomBytes(32).toString("base64url");
    const expiresAt = now() + timeout * 1000;
    metrics.challenge("webauthn", "created");
    return {
      status: 201,
      body: {
        type: "webauthn",
        auth_session: sessions.seal({
          type: "webauthn",
          id: challenge,
          expiresAt,
          userId,
          ...(methodId !== undefined && { methodId }),
          relyingParty,
          origins: digestOrigins(relyingParty, body.origins),
          userVerification,
        }),
        expires_at: timestamp(expiresAt),
        authn_params_public_key: requestOptions({ challenge, relyingParty, userVerification }, credentials),
      },
    } as const;
  }

  return ({ params, body }, context) =>
    body.type === "webauthn"
      ? challengeByWebauthn(params.id, body)
      : challengeByCode(params.id, body, context);
}

/** The challenge under way whose code is to be sent again: the same code, until the same moment. */
function reopen(
  authSession: string,
  { userId, id, type }: MethodRecord,
  sessions: ChallengeSessions,
): Session | undefined {
  const session = sessions.open(authSession);
  if (session === undefined || session.type !== type) return undefined;
  return session.userId === userId && session.methodId === id ? session : undefined;
}

function destinationOf({ attributes }: MethodRecord, asked: "sms" | "voice" | undefined): Destination {
  const { email, phone_number, preferred_authentication_method } = attributes as Readonly<
    Record<string, string | undefined>
  >;
  if (email !== undefined) return { channel: "email", recipient: email };
  const preferred = preferred_authentication_method === "voice" ? "voice" : "sms";
  return { channel: asked ?? preferred, recipient: phone_number ?? "" };
}
