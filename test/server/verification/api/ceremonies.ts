import { Secret, TOTP } from "otpauth";
import type { Answer, TestServer } from "../../../support/server.ts";
import { Authenticator, type Behaviour } from "../authenticator.ts";

type Caller = Pick<TestServer, "call">;

export const relyingParty = "login.example.com";

/** The paths of a user's ceremonies. */
export function pathsOf(userId = "auth0|ada") {
  const user = `/users/${encodeURIComponent(userId)}`;
  return {
    challenges: `${user}/authentication-challenges`,
    verifications: `${user}/authentication-verifications`,
    enrolments: `${user}/authentication-enrolments`,
    confirm: `${user}/authentication-enrolments/confirm`,
    methods: `${user}/authentication-methods`,
  };
}

/** The code that an app shows `steps` after the present one. */
export function codeNow(secret: string, steps = 0): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + steps * 30_000 });
}

/** A code that is right for no step near the present one. */
export function wrongCode(secret: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeNow(secret, steps));
  const codes = Array.from({ length: 6 }, (_, digit) => String(digit).repeat(6));
  return codes.find((code) => !near.includes(code)) ?? "";
}

/** A code other than this one. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, "0");
}

export function expectStatus(answer: Answer, status: number): Answer["body"] {
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Has a challenge made whose code is returned. */
export async function challengeByCode(
  server: Caller,
  method: { readonly id: string; readonly type: string },
  userId = "auth0|ada",
  more: object = {},
): Promise<{ auth_session: string; otp_code: string; expires_at: string }> {
  const body = { type: method.type, authentication_method_id: method.id, delivery: "return", ...more };
  return expectStatus(await server.call(pathsOf(userId).challenges, { body }), 201);
}

/** Enrols a credential and gives the method and what holds its private key. */
export async function enrolCredential(
  server: Caller,
  userId = "auth0|ada",
  type: "passkey" | "webauthn-roaming" = "passkey",
  behaviour: Behaviour = {},
) {
  const { enrolments, confirm } = pathsOf(userId);
  const request = {
    type,
    relying_party_identifier: relyingParty,
    relying_party_name: "Example",
    user_name: "ada",
  };
  const started = expectStatus(await server.call(enrolments, { body: request }), 202);
  const authenticator = new Authenticator();
  const authn_response = authenticator.create(started.authn_params_public_key, behaviour);
  const confirmed = { auth_session: started.auth_session, authn_response };
  const method = expectStatus(await server.call(confirm, { body: confirmed }), 201);
  return { method, authenticator, started, confirmed };
}

/** Has a WebAuthn challenge made for the user. */
export async function challengeByWebauthn(server: Caller, userId = "auth0|ada", more: object = {}) {
  const body = { type: "webauthn", relying_party_identifier: relyingParty, ...more };
  return expectStatus(await server.call(pathsOf(userId).challenges, { body }), 201);
}
