/**
 * Hides an e-mail address as Auth0 does: of the local part the last half, and at least four characters,
 * become stars; of the domain all but its first four characters.
 *
 * `chuck334@example.com` → `chuc****@exam*******`, `foo@example.com` → `****@exam*******`
 */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const hidden = Math.max(4, Math.floor(at / 2));
  const local = email.slice(0, Math.max(0, at - hidden)) + "*".repeat(hidden);
  const domain = email.slice(at + 1);
  return `${local}@${domain.slice(0, 4)}${"*".repeat(Math.max(0, domain.length - 4))}`;
}

/** Hides a phone number as Auth0 does: all but its last four characters, the `+` too. */
export function maskPhoneNumber(phoneNumber: string): string {
  return "X".repeat(Math.max(0, phoneNumber.length - 4)) + phoneNumber.slice(-4);
}
