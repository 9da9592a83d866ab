import fc, { type Arbitrary } from "fast-check";
import type { Flat } from "./merge.ts";
import { patternSampler } from "./pattern.ts";
import { Validator } from "./validator.ts";

/** Strings of the formats that JSON Schema and OpenAPI define. */
const formats: Readonly<Record<string, () => Arbitrary<string>>> = {
  email: () => fc.emailAddress({ size: "small" }),
  "idn-email": () => fc.emailAddress({ size: "small" }),
  uuid: () => fc.uuid(),
  hostname: () => fc.domain({ size: "small" }),
  "idn-hostname": () => fc.domain({ size: "small" }),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  uri: () => fc.webUrl({ size: "small" }),
  iri: () => fc.webUrl({ size: "small" }),
  url: () => fc.webUrl({ size: "small" }),
  "uri-reference": () => fc.webUrl({ size: "small" }),
  "iri-reference": () => fc.webUrl({ size: "small" }),
  "uri-template": () => fc.webUrl({ size: "small" }),
  "date-time": () => dates().map((date) => date.toISOString()),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  time: () => dates().map((date) => date.toISOString().slice(11)),
  duration: () => fc.nat({ max: 1_000 }).map((days) => `P${days}D`),
  byte: () => fc.base64String({ maxLength: 64 }),
  regex: () => fc.constantFrom("^a+$", "b", "[0-9]{2}"),
  "json-pointer": () => fc.constantFrom("", "/a", "/a/0"),
  "relative-json-pointer": () => fc.constantFrom("0", "1/a"),
};

const few = 12;
/** A string is not made longer than it must be, or than this. */
const longest = 40;

function dates(): Arbitrary<Date> {
  const [min, max] = [new Date("1990-01-01T00:00:00Z"), new Date("2037-12-31T23:59:59Z")];
  return fc.date({ min, max, noInvalidDate: true });
}

/**
 * Strings that a schema allows. Of what can be made of its pattern, its format and its own examples, that is taken of
 * which most comes out valid: with all three of format, pattern and maxLength, making one and filtering by the others
 * would throw nearly everything away.
 */
export function strings(schema: Flat): Arbitrary<string> {
  const minLength = Number(schema.minLength ?? 0);
  const maxLength = Math.min(
    Number(schema.maxLength ?? Number.POSITIVE_INFINITY),
    Math.max(minLength, longest),
  );
  const { pattern, format } = schema;
  if (pattern === undefined && (typeof format !== "string" || formats[format] === undefined))
    return fc.string({ minLength, maxLength, unit: "grapheme-ascii" });

  const validator = new Validator({ ...onlyStringKeywords(schema), type: "string" });
  const isValid = (value: string) => validator.accepts(value);
  const candidates: Arbitrary<string>[] = [];
  if (typeof pattern === "string") candidates.push(...matching(pattern, minLength));
  if (typeof format === "string")
    candidates.push(...[formats[format]?.()].filter((each) => each !== undefined));
  const examples = examplesOf(schema).filter(isValid);
  if (examples.length > 0) candidates.push(fc.constantFrom(...examples));
  const rated = candidates.map((candidate) => ({ candidate, share: shareOf(candidate, isValid) }));
  const best = rated.reduce<(typeof rated)[number] | undefined>(
    (found, each) => (each.share > (found?.share ?? 0) ? each : found),
    undefined,
  );
  return best === undefined ? fc.string({ minLength, maxLength }) : best.candidate.filter(isValid);
}

/** Strings that match. They shrink with the number that they are made from. */
function matching(pattern: string, minLength: number): Arbitrary<string>[] {
  try {
    const sample = patternSampler(pattern);
    const numbers = fc.integer({ min: 0, max: 2 ** 30 });
    // Parts that repeat are only long enough for a long string if several are put side by side.
    const longer = (seed: number) => {
      let text = sample(seed);
      for (let next = seed + 1; text.length < minLength && next < seed + 64; next += 1) text += sample(next);
      return text;
    };
    return [numbers.map(sample), ...(minLength > 8 ? [numbers.map(longer)] : [])];
  } catch {
    // What the parser cannot read leaves the format and the examples.
    return [];
  }
}

function shareOf(arbitrary: Arbitrary<string>, isValid: (value: string) => boolean): number {
  try {
    return fc.sample(arbitrary, { numRuns: few, seed: 1 }).filter(isValid).length;
  } catch {
    return 0;
  }
}

function examplesOf({ example, examples, default: fallback }: Flat): string[] {
  return [example, fallback, ...[examples ?? []].flat()].filter((value) => typeof value === "string");
}

function onlyStringKeywords({ pattern, format, minLength, maxLength, not }: Flat): Flat {
  const all = { pattern, format, minLength, maxLength, not };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
