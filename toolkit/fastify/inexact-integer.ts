/**
 * Whether well-formed JSON has an integer that a number cannot hold: it would silently become its neighbour (RFC 8259
 * §6). One in a string is text.
 */
export function hasInexactInteger(text: string): boolean {
  if (!/(?:^|[^\d.])-?\d{16,}(?![\d.eE])/.test(text)) return false;
  let isInexact = false;
  const look = (_key: string, value: unknown, context?: { readonly source?: string }) => {
    isInexact ||=
      typeof value === "number" &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      /^-?\d+$/.test(context?.source ?? "");
    return value;
  };
  try {
    JSON.parse(text, look);
  } catch {
    // Nested so deeply that it cannot be looked through.
    return true;
  }
  return isInexact;
}
