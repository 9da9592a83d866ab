/** The phone number that is dialled: without the spaces, hyphens, dots and parentheses it may be written with. */
export function normalisePhoneNumber(phoneNumber: string): string {
  return phoneNumber.replace(/[ ().-]/g, "");
}

/** The e-mail address without regard to letter case, as mail systems treat it. */
export function normaliseEmail(email: string): string {
  return email.toLowerCase();
}

/** Base32 without its padding. */
export function unpadBase32(base32: string): string {
  return base32.replace(/=+$/, "");
}

/** Base64url without padding and with the bits past the last whole byte at zero, so that equal bytes are equal text. */
export function normaliseBase64url(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("base64url");
}
