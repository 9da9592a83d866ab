import { createHmac, randomBytes } from "node:crypto";
import type { Context } from "contract-first/fastify";
import type {
  EnrolEmailRequest,
  EnrolPasskeyRequest,
  EnrolPhoneRequest,
  EnrolTotpRequest,
  EnrolWebauthnRoamingRequest,
} from "../../generated/openapi.d.ts";
import { normaliseEmail, normalisePhoneNumber } from "../authentication-methods/normalise.ts";
import { authenticationMethodExists, limitReached } from "../authentication-methods/problems.ts";
import { actorOf } from "../http/actor.ts";
import type { Principal } from "../security/principal.ts";
import type { MethodRecord } from "../store/store.ts";
import { userNotFound } from "../users/problems.ts";
import type { Codes } from "./codes.ts";
import type { VerificationDependencies, VerificationHandlers } from "./dependencies.ts";
import type { EnrolmentSessions } from "./enrolment-session.ts";
import { timestamp } from "./moments.ts";
import { deliveryNotConfigured } from "./problems.ts";
import { newTotpSecret, totpUri } from "./totp.ts";
import { isOfRelyingParty } from "./webauthn/credentials.ts";
import { creationOptions, timeout } from "./webauthn/options.ts";
import { digestOrigins } from "./webauthn/origins.ts";

/** More than any limit that a user may be under. */
const allMethods = { offset: 0, limit: 1_000_000 } as const;
/** An app may have to be installed first; in microseconds. */
const totpLifetime = 10 * 60_000_000;

type WebauthnRequest = EnrolPasskeyRequest | EnrolWebauthnRoamingRequest;

/**
 * Starts an enrolment. What cannot be enrolled is refused before a code goes out, and decided on again when it is
 * confirmed; nothing is stored but that a code was sent.
 */
export function enrolHandler(
  dependencies: VerificationDependencies,
  enrolments: EnrolmentSessions,
  codes: Codes,
): VerificationHandlers["startAuthenticationEnrolment"] {
  const { store, now, limits, challengeKey } = dependencies;

  async function enrolByCode(
    userId: string,
    { delivery, ...request }: EnrolPhoneRequest | EnrolEmailRequest,
    existing: readonly MethodRecord[],
    canDeliver: boolean,
    context: Context<Principal>,
  ) {
    const { type } = request;
    const uniqueValue =
      request.type === "phone" ? normalisePhoneNumber(request.phone_number) : normaliseEmail(request.email);
    if (existing.some((method) => method.type === type && method.uniqueValue === uniqueValue))
      return authenticationMethodExists;
    if (existing.filter((method) => method.type === type).length >= limits[type]) return limitReached;
    if (!canDeliver) return deliveryNotConfigured;
    const moment = now();
    const session = codes.newSession(moment);
    const destination =
      request.type === "phone"
        ? { channel: request.preferred_authentication_method ?? "sms", recipient: request.phone_number }
        : ({ channel: "email", recipient: request.email } as const);
    const sent = await codes.send(
      { userId, session, now: moment },
      { ...destination, delivery },
      context.request.log,
      actorOf(context),
    );
    if (sent.status !== "sent") return sent;
    return {
      status: 202,
      body: {
        type,
        auth_session: enrolments.seal(userId, { ...session, request }),
        expires_at: timestamp(session.expiresAt),
        ...sent.returned,
      },
    } as const;
  }

  function enrolTotp(userId: string, { type, name, issuer, account_name }: EnrolTotpRequest) {
    const secret = newTotpSecret();
    const expiresAt = now() + totpLifetime;
    const request = { type, ...(name !== undefined && { name }), totp_secret: secret };
    const id = randomBytes(16).toString("base64url");
    return {
      status: 202,
      body: {
        type,
        auth_session: enrolments.seal(userId, { id, expiresAt, request }),
        expires_at: timestamp(expiresAt),
        barcode_uri: totpUri(issuer, account_name, secret),
        manual_input_code: secret,
      },
    } as const;
  }

  function enrolCredential(userId: string, body: WebauthnRequest, existing: readonly MethodRecord[]) {
    const { type, name, user_name: userName } = body;
    const relyingParty = body.relying_party_identifier.toLowerCase();
    const userVerification = body.user_verification ?? (type === "passkey" ? "required" : "preferred");
    const own = existing.filter((method) => isOfRelyingParty(method, relyingParty));
    const userHandle = userHandleOf(userId, own);
    const challenge = randomBytes(32).toString("base64url");
    const expiresAt = now() + timeout * 1000;
    const enrolment = {
      id: challenge,
      expiresAt,
      type,
      ...(name !== undefined && { name }),
      relyingParty,
      origins: digestOrigins(relyingParty, body.origins),
      userVerification,
      userHandle,
    };
    const ceremony = {
      challenge,
      type,
      relyingParty,
      relyingPartyName: body.relying_party_name,
      userVerification,
      userHandle,
      userName,
      userDisplayName: body.user_display_name ?? userName,
    };
    return {
      status: 202,
      body: {
        type,
        auth_session: enrolments.seal(userId, enrolment),
        expires_at: timestamp(expiresAt),
        authn_params_public_key: creationOptions(ceremony, own),
      },
    } as const;
  }

  /** What the user's passkeys have already, so that a new one takes their place in an authenticator; nothing personal. */
  function userHandleOf(userId: string, passkeys: readonly MethodRecord[]): string {
    const handles = passkeys.map(({ attributes }) => (attributes as { user_handle?: string }).user_handle);
    return (
      handles.find((handle) => handle !== undefined) ??
      createHmac("sha256", challengeKey).update(`user-handle\0${userId}`).digest("base64url")
    );
  }

  return async ({ params: { id }, body }, context) => {
    const canDeliver = canDeliverCode(body, context.principal);
    const listed = await store.listMethods(id, allMethods);
    if (listed.outcome === "unknown-user") return userNotFound;
    const existing = listed.methods;
    if (body.type === "phone" || body.type === "email")
      return enrolByCode(id, body, existing, canDeliver, context);
    if (existing.filter(({ type }) => type === body.type).length >= limits[body.type]) return limitReached;
    return body.type === "totp" ? enrolTotp(id, body) : enrolCredential(id, body, existing);
  };

  function canDeliverCode(body: { readonly type: string }, principal: Principal): boolean {
    const { delivery } = body as Pick<EnrolPhoneRequest, "delivery">;
    return codes.canDeliver(delivery, principal);
  }
}
