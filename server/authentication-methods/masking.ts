/**
 * Hides an e-mail address as Auth0 does: of the local part the last half, and at least four characters,
 * become stars; of the domain all but its first four characters, or all where it has no more.
 *
 * `chuck334@example.com` → `chuc****@exam*******`, `foo@example.com` → `****@exam*******`
 */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const hidden = Math.max(4, Math.floor(at / 2));
  const local = email.slice(0, Math.max(0, at - hidden)) + "*".repeat(hidden);
  const domain = email.slice(at + 1);
  const shown = domain.length > 4 ? domain.slice(0, 4) : "";
  return `${local}@${shown.padEnd(domain.length, "*")}`;
}

/**
 * Hides a phone number as Auth0 does: all but its last four characters, the `+` too, or all where it has no more digits
 * than that.
 */
export function maskPhoneNumber(phoneNumber: string): string {
  const digits = phoneNumber.replace(/\D/g, "").length;
  return (digits > 4 ? phoneNumber.slice(-4) : "").padStart(phoneNumber.length, "X");
}
