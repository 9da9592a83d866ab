import { hash } from "node:crypto";
import { CeremonyError } from "./ceremony-error.ts";
import type { Helpers } from "./library.ts";

/** What of the authenticator data must hold. */
export interface ExpectedAuthenticatorData {
  readonly relyingParty: string;
  readonly requiresUserVerification: boolean;
}

/**
 * Holds the authenticator data against the ceremony (W3C WebAuthn Level 3, section 6.1): whole, of the relying
 * party, with the user present and, where it was asked for, verified. Backed up but not eligible for it is refused.
 *
 * @throws CeremonyError
 */
export function checkAuthenticatorData(
  data: Uint8Array<ArrayBuffer>,
  expected: ExpectedAuthenticatorData,
  { parseAuthenticatorData }: Helpers,
) {
  const parsed = parse(() => parseAuthenticatorData(data));
  const { flags, rpIdHash } = parsed;
  if (!hash("sha256", expected.relyingParty, "buffer").equals(rpIdHash))
    throw new CeremonyError("relying_party");
  if (!flags.up) throw new CeremonyError("user_presence");
  if (expected.requiresUserVerification && !flags.uv) throw new CeremonyError("user_verification");
  if (flags.bs && !flags.be) throw new CeremonyError("backup_state");
  return parsed;
}

function parse<Data>(read: () => Data): Data {
  try {
    return read();
  } catch {
    throw new CeremonyError("malformed");
  }
}
