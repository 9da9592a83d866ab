import { InvalidRequestError } from "./errors.ts";
import { violation } from "./violation.ts";

/** A query's values by name, in their order, still percent-encoded: a delimiter must be told from an encoded one. */
export type EncodedQuery = ReadonlyMap<string, readonly string[]>;

const none: EncodedQuery = new Map();

/** @throws InvalidRequestError where a name is not well-formed percent-encoding */
export function parseQuery(url: string): EncodedQuery {
  const start = url.indexOf("?");
  if (start === -1 || start === url.length - 1) return none;
  const query = new Map<string, string[]>();
  for (const pair of url.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals), "query");
    const value = equals === -1 ? "" : pair.slice(equals + 1);
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

/** @throws InvalidRequestError where the text is not well-formed percent-encoding (RFC 3986 §2.1) of UTF-8 */
export function decode(text: string, part: "query" | "cookie", name?: string): string {
  const spaced = part === "query" && text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    const where = name === undefined ? `The ${part}` : `The ${part} parameter '${name}'`;
    const path = name === undefined ? [] : [name];
    throw new InvalidRequestError(
      part,
      violation(part, path, "percent-encoding", `${where} is not well-formed percent-encoding`),
    );
  }
}
