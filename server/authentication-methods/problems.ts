import { errorEnvelope } from "../http/error-envelope.ts";

/** The refusals that the contract documents for authentication methods, as they go on the wire. */

export const authenticationMethodNotFound = {
  status: 404,
  body: errorEnvelope(
    404,
    "The authentication method could not be found.",
    "inexistent_authentication_method",
  ),
} as const;

export const authenticationMethodExists = {
  status: 409,
  body: errorEnvelope(409, "Authentication method already exists.", "authentication_method_exists"),
} as const;

export const limitReached = {
  status: 403,
  body: errorEnvelope(
    403,
    "You reached the limit of entities of this type for this user.",
    "too_many_entities",
  ),
} as const;

export const passkeyRegistered = {
  status: 403,
  body: errorEnvelope(
    403,
    "Operation not permitted when the user has registered at least 1 passkey",
    "operation_not_permitted",
  ),
} as const;

export const preferredMethodOfPhonesOnly = {
  status: 400,
  body: errorEnvelope(
    400,
    "Payload validation error: 'Only a phone takes it' on property preferred_authentication_method (How codes are delivered to the phone).",
    "invalid_body",
  ),
} as const;

export const idempotentRequestInFlight = {
  status: 409,
  body: errorEnvelope(
    409,
    "A request with this Idempotency-Key is still being processed.",
    "idempotent_request_in_flight",
  ),
} as const;

export const idempotencyKeyReused = {
  status: 422,
  body: errorEnvelope(
    422,
    "This Idempotency-Key was used for a request with another payload.",
    "idempotency_key_reused",
  ),
} as const;
