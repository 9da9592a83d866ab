import { Problem } from "../problem.ts";

/** What a request asks of the mock: `Prefer: code=404, example=dog`, or `?__code=404&__example=dog`. */
export interface Preference {
  /** The status wanted. */
  readonly code?: number;
  /** The name of the example wanted. */
  readonly example?: string;
  /** Generated bodies rather than examples. */
  readonly dynamic?: boolean;
  /** Makes generated values repeatable. */
  readonly seed?: string;
  /** Milliseconds to wait, `[from, to]`. */
  readonly delay?: readonly [number, number];
  /** False: answer whatever the request looks like. */
  readonly validate?: boolean;
  /** False: do not ask for credentials. */
  readonly auth?: boolean;
}

const nothing: Preference = {};

/**
 * Reads the `Prefer` header (RFC 7240), or, only where there is none, the query forms.
 *
 * @throws Problem 422 on a value that cannot be meant
 */
export function readPreference(header: string | undefined, query: URLSearchParams): Preference {
  if (header !== undefined && header !== "") return decode(preferences(header));
  const asked = [...query].filter(([name]) => name.startsWith("__"));
  if (asked.length === 0) return nothing;
  return decode(new Map(asked.map(([name, value]) => [name.slice(2), value])));
}

/** Comma-separated, names in any case, values may be quoted; what follows a semicolon is a parameter, not a preference. */
function preferences(header: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [preference] of header.matchAll(/(?:"[^"]*"?|[^,"])+/g)) {
    const [, name, value = ""] = /^\s*([^=;\s]+)\s*(?:=\s*("[^"]*"|[^;]*))?/.exec(preference) ?? [];
    if (name === undefined || found.has(name.toLowerCase())) continue;
    found.set(name.toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1"));
  }
  return found;
}

function decode(values: ReadonlyMap<string, string>): Preference {
  const code = values.get("code");
  const dynamic = values.get("dynamic");
  const delay = values.get("delay");
  const validate = values.get("validate");
  const auth = values.get("auth");
  const seed = values.get("seed");
  const example = values.get("example");
  return {
    ...(code !== undefined && { code: statusCode(code) }),
    ...(example !== undefined && { example }),
    ...(dynamic !== undefined && { dynamic: boolean("dynamic", dynamic) }),
    ...(seed !== undefined && { seed }),
    ...(delay !== undefined && { delay: requestedDelay(delay) }),
    ...(validate !== undefined && { validate: boolean("validate", validate) }),
    ...(auth !== undefined && { auth: boolean("auth", auth) }),
  };
}

function refusal(name: string, value: string, wanted: string): Problem {
  const detail = `optional property "${name}"\n└─ cannot decode "${value}", should be ${wanted}`;
  return new Problem("UNPROCESSABLE_ENTITY", detail);
}

function statusCode(value: string): number {
  // An interim (1xx) answer would leave the client waiting for the final one.
  if (!/^[2-9]\d{2}$/.test(value)) throw refusal("code", value, "a number");
  return Number(value);
}

function boolean(name: string, value: string): boolean {
  if (value !== "true" && value !== "false") throw refusal(name, value, "a boolean");
  return value === "true";
}

function requestedDelay(value: string): readonly [number, number] {
  const delay = parseDelay(value);
  if (delay === undefined) throw refusal("delay", value, "milliseconds (300) or a range (200-800)");
  return delay;
}

/** The longest a mock waits before it answers, in milliseconds. */
const longestDelay = 60_000;

/** `300` or `200-800` as milliseconds, from and to; undefined where it is neither. */
export function parseDelay(value: string): readonly [number, number] | undefined {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  if (from === undefined || Number(from) > Number(to) || Number(to) > longestDelay) return undefined;
  return [Number(from), Number(to)];
}
