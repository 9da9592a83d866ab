import { errorEnvelope } from "../http/error-envelope.ts";

/** The refusals that the contract documents for challenges, answers and enrolments, as they go on the wire. */

export const verificationFailed = {
  status: 403,
  body: errorEnvelope(403, "The answer could not be verified.", "verification_failed"),
} as const;

export const challengeExpired = {
  status: 403,
  body: errorEnvelope(403, "The auth_session has expired or was used: start again.", "challenge_expired"),
} as const;

export const originNotAllowed = {
  status: 403,
  body: errorEnvelope(
    403,
    "The ceremony took place on an origin that the challenge does not name: list it in origins.",
    "origin_not_allowed",
  ),
} as const;

export const userVerificationMissing = {
  status: 403,
  body: errorEnvelope(
    403,
    "The authenticator did not verify the user, which the challenge requires: ask for it, or require less.",
    "user_verification_missing",
  ),
} as const;

export const deliveryFailed = {
  status: 502,
  body: errorEnvelope(502, "The webhook that sends codes did not take this one.", "delivery_failed"),
} as const;

export const deliveryNotConfigured = {
  status: 503,
  body: errorEnvelope(
    503,
    "No webhook sends codes here: set DELIVERY_WEBHOOK_URL, or ask for delivery `return`.",
    "delivery_not_configured",
  ),
} as const;

export const methodOfAnotherType = {
  status: 400,
  body: errorEnvelope(
    400,
    "Payload validation error: 'The method is of another type' on property type (The type of authentication method).",
    "invalid_body",
  ),
} as const;

export const answerOfAnotherKind = {
  status: 400,
  body: errorEnvelope(
    400,
    "Payload validation error: 'A code confirms a phone, a mailbox and an authenticator app; an authn_response a security key and a passkey' on property auth_session.",
    "invalid_body",
  ),
} as const;

/** @param seconds until an answer is looked at again */
export function tooManyAttempts(seconds: number) {
  return {
    status: 429,
    body: errorEnvelope(
      429,
      "Too many wrong answers: try again later, from a known device or with another method.",
      "too_many_attempts",
    ),
    headers: { "Retry-After": seconds },
  } as const;
}

/** @param seconds until a code can be sent again */
export function tooManyCodes(seconds: number) {
  return {
    status: 429,
    body: errorEnvelope(429, "Too many codes were sent: try again later.", "too_many_codes"),
    headers: { "Retry-After": seconds },
  } as const;
}
