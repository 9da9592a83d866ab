import { type Encoded, MalformedText } from "./style.ts";

const none: Encoded = new Map();

/**
 * A query's values by name, in their order, still percent-encoded.
 *
 * @param query without the question mark
 * @throws MalformedText where a name is not well-formed percent-encoding
 */
export function parseQuery(query: string): Encoded {
  if (query === "") return none;
  const found = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeForm(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? "" : pair.slice(equals + 1);
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

/** What stands before the query and the fragment of a URL. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

/** What follows the question mark of a URL; empty where there is none. */
export function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1).replace(/#.*/s, "");
}

/**
 * Percent-encoding (RFC 3986 §2.1) of UTF-8.
 * @throws MalformedText where it is not well-formed
 */
export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new MalformedText("percent-encoding", "is not well-formed percent-encoding");
  }
}

/** As in queries and forms, where a plus is a space. @throws MalformedText */
export function decodeForm(text: string): string {
  return decodePercent(text.includes("+") ? text.replaceAll("+", " ") : text);
}
