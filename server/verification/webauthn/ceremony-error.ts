/** Why an answer of a WebAuthn ceremony is not accepted: for the log and the metrics, two of them for the caller. */
export type CeremonyFailure =
  | "malformed"
  | "ceremony_type"
  | "challenge"
  | "origin"
  | "cross_origin"
  | "relying_party"
  | "user_presence"
  | "user_verification"
  | "backup_state"
  | "user_handle"
  | "unknown_credential"
  | "unusable_key"
  | "algorithm"
  | "signature";

/** An answer that proves nothing; the message is its reason. */
export class CeremonyError extends Error {
  override readonly name = "CeremonyError";
  readonly reason: CeremonyFailure;

  constructor(reason: CeremonyFailure) {
    super(reason);
    this.reason = reason;
  }
}
