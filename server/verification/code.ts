import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

/**
 * The code of a challenge: `Truncate(HMAC-SHA-256(key, "challenge-code\0" ‖ id)) mod 10⁶` (RFC 4226, section 5.3). It
 * is derived each time it is needed, so that none is kept and a resend repeats it.
 *
 * @returns 6 digits
 */
export function codeOf(key: KeyObject, challengeId: string): string {
  const mac = createHmac("sha256", key).update(`challenge-code\0${challengeId}`).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Compares two codes in a time that does not tell where they differ. */
export function isSameCode(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
