/** One way in which a request or a response breaks its contract, as Prism reports it. */
export interface Violation {
  /** Where: `body`, `query`, `header`, `path`, `cookie`, then the property's path. Undefined where it is the whole. */
  readonly location?: readonly string[];
  readonly severity: "Error" | "Warning";
  /** The JSON Schema keyword that failed, or a status: 401 for credentials, 400 for a body that cannot be read, 415 for the media type. */
  readonly code?: string | number;
  readonly message: string;
  /** What `WWW-Authenticate` should ask for. Never shown in the body. */
  readonly challenges?: readonly string[];
}

/** Node refuses response headers beyond 16 kB altogether; Prism stops just below 8 kB. */
const longestHeader = 8 * 1024 - 100;

/** The value of `sl-violations`: a JSON array, cut where a client might refuse the header. */
export function violationsHeader(request: readonly Violation[], response: readonly Violation[]): string {
  const entry = (side: string) => (violation: Violation) => ({
    location: [side, ...(violation.location ?? [])],
    severity: violation.severity,
    code: violation.code,
    message: violation.message,
  });
  const value = JSON.stringify([...request.map(entry("request")), ...response.map(entry("response"))]);
  const ascii = value.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return ascii.length > longestHeader ? `Too many violations! ${ascii.slice(0, longestHeader)}` : ascii;
}
