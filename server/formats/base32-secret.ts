const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Whether base32 (RFC 4648, section 6) stands for a secret, which bytes of zeros alone are not. */
export function isBase32Secret(base32: string): boolean {
  const characters = base32.replace(/=+$/, "");
  // The bits past the last whole byte do not count.
  const surplusBits = (characters.length * 5) % 8;
  const last = alphabet.indexOf(characters.at(-1) ?? "") >> surplusBits;
  return last !== 0 || /[^A]/.test(characters.slice(0, -1));
}
