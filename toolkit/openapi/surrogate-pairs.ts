/**
 * Whether a string in well-formed JSON is no Unicode text (RFC 7493, section 2.1), which no database and no URL can
 * hold. In valid UTF-8 only an escape can bring that about.
 */
export function hasHalfOfAPair(text: string): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return false;
  let isWellFormed = true;
  try {
    JSON.parse(text, (key, value) => {
      isWellFormed &&= key.isWellFormed() && (typeof value !== "string" || value.isWellFormed());
      return value;
    });
  } catch {
    // Nested so deeply that it cannot be looked through.
    return true;
  }
  return !isWellFormed;
}
