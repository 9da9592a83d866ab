import { generateSync } from "json-schema-faker";
import type { JsonObject } from "../../openapi/json.ts";
import { NONE } from "./none.ts";

/** Longer strings than this are not filled up to their `minLength`. */
const LONGEST_FILLER = 100_000;

const FORMATS: Readonly<Record<string, string>> = {
  ...{ email: "user@example.com", "idn-email": "пользователь@пример.ру" },
  ...{ "date-time": "2019-08-24T14:15:22Z", date: "2019-08-24", time: "14:15:22Z", duration: "P1D" },
  ...{
    uri: "http://example.com",
    "uri-reference": "../dictionary",
    "uri-template": "http://example.com/{endpoint}",
  },
  ...{
    iri: "http://пример.ру",
    "iri-reference": "../словарь",
    hostname: "example.com",
    "idn-hostname": "пример.ру",
  },
  ...{ ipv4: "192.168.0.1", ipv6: "2001:0db8:85a3:0000:0000:8a2e:0370:7334", regex: "/regex/" },
  ...{ "json-pointer": "/json/pointer", "relative-json-pointer": "1/relative/json/pointer" },
  ...{ password: "pa$$word", byte: "c3RyaW5n" },
};

/** A string for a schema: of its pattern, of its format, or `"string"` cut or repeated to length. */
export function sampleString(schema: JsonObject, name: string | undefined): unknown {
  const least = Number(schema.minLength ?? 0);
  const most = Number(schema.maxLength ?? Number.POSITIVE_INFINITY);
  if (typeof schema.pattern === "string") return matchingString(schema);
  const format = schema.format === "uuid" ? sampleUuid(name ?? "id") : FORMATS[String(schema.format)];
  if (format !== undefined && format.length >= least && format.length <= most) return format;
  const filler = "string".repeat(Math.min(Math.ceil(Math.max(least, 6) / 6), LONGEST_FILLER));
  return filler.slice(0, Math.min(Math.max(least, 6), most));
}

/** Values worth trying on an expression that the generator does not understand. */
const CANDIDATES = [
  ...Object.values(FORMATS),
  ..."string|STRING|String1!|0|1|00000000|A|a|abc123|+10000000000".split("|"),
];
const MOST_ATTEMPTS = 20;
const MOST_VARIANTS = 12;

function matchingString(schema: JsonObject): unknown {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  let expression: RegExp;
  try {
    expression = new RegExp(String(pattern), "u");
  } catch {
    return "string";
  }
  const fits = (value: unknown) =>
    typeof value === "string" &&
    expression.test(value) &&
    value.length >= Number(minLength) &&
    value.length <= Number(maxLength);
  const known = FORMATS[String(schema.format)];
  if (fits(known)) return known;
  for (const variant of variants(String(pattern), Number(minLength))) {
    for (let seed = 1; seed <= MOST_ATTEMPTS; seed++) {
      const value = attempt(() => generateSync({ type: "string", pattern: variant }, { seed }));
      if (fits(value)) return value;
    }
  }
  return CANDIDATES.find(fits) ?? NONE;
}

/** The pattern, and then the pattern with its last `+` or `*` at counts that may bring it to length. */
function* variants(pattern: string, least: number): Generator<string> {
  yield pattern;
  const [last] = [...pattern.matchAll(/(?<!\\)(?:[+*]|\{\d+,\})(?![^[]*\])/g)].reverse();
  if (!last) return;
  for (let count = Math.min(least, LONGEST_FILLER); count >= Math.max(1, least - MOST_VARIANTS); count--) {
    yield `${pattern.slice(0, last.index)}{${count}}${pattern.slice(last.index + last[0].length)}`;
  }
}

function attempt(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** A version 4 UUID (RFC 9562) that is always the same for a property's name, and the one Prism shows. */
function sampleUuid(name: string): string {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  const random = smallFastCounting(hash);
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (place) => {
    const digit = ((random() * 16) % 16) | 0;
    return (place === "x" ? digit : (digit & 3) | 8).toString(16);
  });
}

/** Bob Jenkins' small fast generator (JSF32): numbers from 0 to 1, always the same for a seed. */
function smallFastCounting(seed: number): () => number {
  let [a, b, c, d] = [seed, seed, seed, seed];
  return () => {
    const t = (a - ((b << 27) | (b >>> 5))) | 0;
    a = b ^ ((c << 17) | (c >>> 15));
    b = (c + d) | 0;
    c = (d + t) | 0;
    d = (a + t) | 0;
    return (d >>> 0) / 4294967296;
  };
}
