import { hasInexactInteger, parseExactJson } from "./exact-integers.ts";
import { MalformedText } from "./style.ts";
import { hasHalfOfAPair } from "./surrogate-pairs.ts";

/** What well-formed JSON may say and JavaScript would not keep; undefined: it says nothing of the kind. */
export function faultOfJson(text: string): string | undefined {
  if (hasHalfOfAPair(text)) return "has half of a surrogate pair";
  return hasInexactInteger(text)
    ? "has an integer beyond 2^53: send it as a string, or not at all"
    : undefined;
}

/**
 * Reads the JSON of a request, with a byte order mark or without (RFC 8259 §8.1).
 *
 * @param isExact whether integers beyond 2^53 are `bigint`s, and text is taken as it is, rather than refused
 * @throws MalformedText
 */
export function readJson(text: string, isExact: boolean, keyword = "json"): unknown {
  const parsed = parse(text, isExact, keyword);
  if (parsed === undefined) throw new MalformedText(keyword, "is not well-formed JSON");
  return parsed.value;
}

/** What a JSON text says, or the text where it is none. @throws MalformedText where it says what is not kept */
export function maybeJson(text: string, isExact: boolean): unknown {
  const parsed = parse(text, isExact, "json");
  return parsed === undefined ? text : parsed.value;
}

/** Whether a text is well-formed JSON. */
export function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Undefined where it is no JSON. */
function parse(text: string, isExact: boolean, keyword: string): { readonly value: unknown } | undefined {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  let value: unknown;
  try {
    value = isExact ? parseExactJson(bare) : JSON.parse(bare);
  } catch {
    return undefined;
  }
  const fault = isExact ? undefined : faultOfJson(bare);
  if (fault !== undefined) throw new MalformedText(keyword, fault);
  return { value };
}
