import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { UserVerification } from "../../generated/openapi.d.ts";

interface Ceremony {
  /** Of the challenge: 16 random bytes, or the 32 of a WebAuthn challenge, in base64url. */
  readonly id: string;
  /** Microseconds since the UNIX epoch. */
  readonly expiresAt: number;
}

/** A code that was sent or returned. */
export interface CodeSession extends Ceremony {
  readonly type: "phone" | "email";
  readonly userId: string;
  readonly methodId: string;
}

/** A WebAuthn ceremony under way; `id` is its challenge. */
export interface WebauthnSession extends Ceremony {
  readonly type: "webauthn";
  /** Absent: of whoever holds a passkey. */
  readonly userId?: string;
  /** Absent: any of the user's. */
  readonly methodId?: string;
  readonly relyingParty: string;
  /** Hashed: twenty of them would not fit in a session. */
  readonly origins: readonly string[];
  readonly userVerification: UserVerification;
}

export type ChallengeSession = CodeSession | WebauthnSession;

/**
 * The sessions of challenges: what there is to know again, and an HMAC-SHA-256 of it, each in base64url. They are
 * authentic and not secret: they hold what the caller has said, and are kept by the caller alone.
 */
export class ChallengeSessions {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  seal(session: ChallengeSession): string {
    const payload = Buffer.from(JSON.stringify(session)).toString("base64url");
    return `${payload}.${this.#mac(payload).toString("base64url")}`;
  }

  /** Undefined for what was not sealed here. Whether the session has expired is the caller's to see. */
  open(text: string): ChallengeSession | undefined {
    const [payload = "", mac = "", ...rest] = text.split(".");
    const expected = this.#mac(payload);
    const given = Buffer.from(mac, "base64url");
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
      return undefined;
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as ChallengeSession;
  }

  #mac(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(`challenge-session\0${payload}`).digest();
  }
}
