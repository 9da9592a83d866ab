import type {
  CreateEmailRequest,
  CreatePhoneRequest,
  CreateTotpRequest,
  UserVerification,
} from "../../generated/openapi.d.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import { DecryptionError } from "../secrets/errors.ts";
import type { Session } from "../store/verification.ts";

/** An enrolment whose answer is a code; `request` is what is created then. */
export interface CodeEnrolment extends Session {
  readonly request: CreatePhoneRequest | CreateEmailRequest | CreateTotpRequest;
}

/** An enrolment whose answer is a credential; `id` is its challenge. */
export interface CredentialEnrolment extends Session {
  readonly type: "passkey" | "webauthn-roaming";
  readonly name?: string;
  readonly relyingParty: string;
  /** Hashed, as in the session of a challenge. */
  readonly origins: readonly string[];
  readonly userVerification: UserVerification;
  readonly userHandle: string;
}

export type Enrolment = CodeEnrolment | CredentialEnrolment;

/**
 * The sessions of enrolments, encrypted, since they may hold a secret, and bound to their user. They are kept by the
 * caller alone.
 */
export class EnrolmentSessions {
  readonly #cipher: SecretCipher;

  constructor(cipher: SecretCipher) {
    this.#cipher = cipher;
  }

  seal(userId: string, enrolment: Enrolment): string {
    return this.#cipher.encrypt(JSON.stringify(enrolment), { enrolmentOf: userId });
  }

  /** Undefined for what was not sealed here, or not for this user. Whether it has expired is the caller's to see. */
  open(userId: string, text: string): Enrolment | undefined {
    try {
      return JSON.parse(this.#cipher.decrypt(text, { enrolmentOf: userId })) as Enrolment;
    } catch (error) {
      if (error instanceof DecryptionError) return undefined;
      throw error;
    }
  }
}
