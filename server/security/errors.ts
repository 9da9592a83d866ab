import { RequestError } from "contract-first/fastify";

const realm = "authentication-methods";

const invalidSignature = "Invalid signature received for JSON Web Token validation";

/** RFC 6750, section 3.1. */
type BearerErrorCode = "invalid_request" | "invalid_token" | "insufficient_scope";

interface Refusal {
  /** What the response body says: the wording of Auth0's Management API, on which clients branch. */
  readonly message: string;
  readonly code?: BearerErrorCode;
  /** What `WWW-Authenticate` says: the exact reason, for whoever has to mend it. */
  readonly description?: string;
}

const refusals = {
  "missing-header": { message: "Missing authentication" },
  "header-format": {
    message: "Bad HTTP authentication header format",
    code: "invalid_request",
    description: "The Authorization header is not of the form: Bearer, a space, a token",
  },
  malformed: {
    message: invalidSignature,
    code: "invalid_token",
    description: "The token is not a JSON Web Token of at most 8192 characters",
  },
  algorithm: {
    message: invalidSignature,
    code: "invalid_token",
    description: "The token is not signed with RS256, ES256, PS256 or EdDSA (Ed25519)",
  },
  type: {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token is no access token: its typ is neither at+jwt nor JWT, or it tells of an event",
  },
  bound: {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token is bound to a key of its holder (cnf), and only bearer tokens are taken here",
  },
  "unknown-key": {
    message: invalidSignature,
    code: "invalid_token",
    description: "The issuer has no key with the key id and algorithm of the token",
  },
  signature: {
    message: invalidSignature,
    code: "invalid_token",
    description: "The signature of the token does not match",
  },
  expired: {
    message: "Expired token received for JSON Web Token validation",
    code: "invalid_token",
    description: "The token has expired",
  },
  "not-yet-valid": {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token is not valid yet",
  },
  issuer: {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token is from another issuer",
  },
  audience: {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token is for another audience",
  },
  claims: {
    message: "Invalid token",
    code: "invalid_token",
    description: "The token lacks a required claim or one of its claims has the wrong type",
  },
} as const satisfies Record<string, Refusal>;

/** Why a request is taken for nobody's. */
export type UnauthenticatedReason = keyof typeof refusals;

/**
 * The request carries no token, or none that can be trusted.
 *
 * | reason | message |
 * |---|---|
 * | missing-header | `Missing authentication` |
 * | header-format | `Bad HTTP authentication header format` |
 * | malformed, algorithm, unknown-key, signature | `Invalid signature received for JSON Web Token validation` |
 * | expired | `Expired token received for JSON Web Token validation` |
 * | type, bound, not-yet-valid, issuer, audience, claims | `Invalid token` |
 *
 * Neither the message nor the header holds any part of the token.
 */
export class UnauthenticatedError extends RequestError {
  override readonly name = "UnauthenticatedError";
  readonly statusCode = 401;
  readonly reason: UnauthenticatedReason;
  /** The value of the `WWW-Authenticate` header (RFC 6750, section 3). */
  readonly wwwAuthenticate: string;

  constructor(reason: UnauthenticatedReason) {
    const { message, code, description }: Refusal = refusals[reason];
    super(message);
    this.reason = reason;
    this.wwwAuthenticate = challenge({ error: code, error_description: description });
  }
}

/** The token is good, but does not grant every scope that the operation requires. */
export class InsufficientScopeError extends RequestError {
  override readonly name = "InsufficientScopeError";
  readonly statusCode = 403;
  readonly errorCode = "insufficient_scope";
  /** The value of the `WWW-Authenticate` header (RFC 6750, section 3). */
  readonly wwwAuthenticate: string;

  /** @param required every scope that the operation requires */
  constructor(required: readonly string[]) {
    const quantifier = required.length > 1 ? "all" : "any";
    super(`Insufficient scope, expected ${quantifier} of: ${required.join(", ")}`);
    this.wwwAuthenticate = challenge({
      error: "insufficient_scope" satisfies BearerErrorCode,
      error_description: "The token does not grant the required scope",
      scope: required.join(" "),
    });
  }
}

/** No key of the issuer has been fetched yet, so no token can be verified; the request may be sent again. */
export class IssuerUnavailableError extends Error {
  override readonly name = "IssuerUnavailableError";
  readonly statusCode = 503;
  /** Seconds until the issuer is asked again: the value of the `Retry-After` header. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super("Tokens cannot be verified at the moment: the issuer's keys are not available.");
    this.retryAfter = retryAfter;
  }
}

function challenge(parameters: Readonly<Record<string, string | undefined>>): string {
  let value = `Bearer realm="${realm}"`;
  for (const [name, text] of Object.entries(parameters)) {
    if (text !== undefined) value += `, ${name}="${text}"`;
  }
  return value;
}
