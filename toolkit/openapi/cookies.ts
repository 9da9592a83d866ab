import type { Encoded } from "./style.ts";

/** The cookies of a request by name (RFC 6265 §4.2.1), quotes taken off, still percent-encoded. */
export function parseCookies(header: string | undefined): Encoded {
  const cookies = new Map<string, string[]>();
  for (const pair of (header ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
    const known = cookies.get(name);
    if (known === undefined) cookies.set(name, [value]);
    else known.push(value);
  }
  return cookies;
}
