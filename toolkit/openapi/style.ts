import type { ParameterPlace } from "./operation.ts";

/** A query, a path, headers or cookies: what was sent under each name, still encoded. */
export type Encoded = ReadonlyMap<string, readonly string[]>;

/** The styles that a parameter of a place may have (OpenAPI 3.2 §4.12.2.3). */
export const readableStyles: Readonly<Record<ParameterPlace | "querystring", readonly string[]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form", "cookie"],
  querystring: ["form"],
};

/** How a parameter is written (OpenAPI 3.1.1 §4.8.12), and what its schema takes. */
export interface Style {
  readonly name: string;
  readonly style: string;
  readonly explode: boolean;
  /** `any`: a list where several were sent. */
  readonly takes: "value" | "array" | "object" | "any";
  /** Of an object whose members stand beside other parameters. */
  readonly properties: readonly string[];
  /** Such an object takes what no other parameter does, too. */
  readonly takesOthers?: ReadonlySet<string>;
  /** Values of headers and cookies are not percent-encoded the way a URL is. */
  readonly separator?: RegExp;
}

/** Gives back a text as it was before it was encoded. @throws MalformedText */
export type Decode = (text: string) => string;

/** What was sent cannot be read at all. The message goes on where a sentence named the parameter. */
export class MalformedText extends Error {
  /** What is wrong with it: `percent-encoding`, `contentMediaType` or `style`. */
  readonly keyword: string;

  constructor(keyword: string, message: string) {
    super(message);
    this.keyword = keyword;
  }
}

/** Members within members: more are nobody's meaning, and a long way for whoever looks at each. */
const deepest = 100;

/** A delimiter must be told from an encoded one, so values are taken apart first and decoded then. */
const delimiters: Readonly<Record<string, RegExp>> = {
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7c/i,
  label: /,/,
  matrix: /,/,
};
const explodedDelimiters: Readonly<Record<string, RegExp>> = { label: /\./, matrix: /;/ };

/** Makes the function that reads a parameter back from its text; undefined: it was not sent. */
export function styleReader(parameter: Style, decode: Decode): (sent: Encoded) => unknown {
  const { name, style, explode, takes, properties, takesOthers } = parameter;
  if (style === "deepObject") return (sent) => nested(name, sent, decode);
  const isRepeated = (style === "form" || style === "cookie") && explode;
  if (takes === "object" && isRepeated) return (sent) => beside(properties, takesOthers, sent, decode);
  const between =
    (explode ? explodedDelimiters[style] : undefined) ?? delimiters[style] ?? parameter.separator ?? /,/;
  return (sent) => {
    const texts = sent.get(name);
    if (texts === undefined) return undefined;
    const bare = texts.map((text) => withoutPrefix(text, parameter));
    // What is repeated without being a list stays a list, which fails its schema.
    if (takes === "value") return oneOrAll(bare.map(decode));
    const parts = bare.flatMap((text) => (text === "" ? [] : isRepeated ? [text] : text.split(between)));
    if (takes === "object") return Object.fromEntries(pairs(parts, explode).map((pair) => pair.map(decode)));
    const values = parts.map((part) => decode(style === "matrix" && explode ? afterEquals(part) : part));
    return takes === "any" ? (values.length === 0 ? "" : oneOrAll(values)) : values;
  };
}

function withoutPrefix(text: string, { name, style, explode, takes }: Style): string {
  if (style === "label") return text.replace(/^\./, "");
  if (style !== "matrix") return text;
  const list = text.replace(/^;/, "");
  if (explode && takes !== "value") return list;
  return list === name ? "" : list.startsWith(`${name}=`) ? list.slice(name.length + 1) : list;
}

function afterEquals(part: string): string {
  return part.slice(part.indexOf("=") + 1);
}

/** `R=100,G=200` where exploded, else `R,100,G,200`. */
function pairs(parts: readonly string[], explode: boolean): string[][] {
  if (explode) {
    return parts.map((part) => [part.split("=", 1)[0] ?? "", part.includes("=") ? afterEquals(part) : ""]);
  }
  return parts.filter((_, index) => index % 2 === 0).map((part, index) => [part, parts[2 * index + 1] ?? ""]);
}

function beside(
  properties: readonly string[],
  others: ReadonlySet<string> | undefined,
  sent: Encoded,
  decode: Decode,
): unknown {
  const free = others === undefined ? [] : [...sent.keys()].filter((name) => !others.has(name));
  const own = [...new Set([...properties.filter((property) => sent.has(property)), ...free])];
  if (own.length === 0) return undefined;
  return Object.fromEntries(
    own.map((property) => [property, oneOrAll((sent.get(property) ?? []).map(decode))]),
  );
}

/** `filter[price][min]=3&filter[tags][]=a` as an object; members counted from 0 are a list. */
function nested(name: string, sent: Encoded, decode: Decode): unknown {
  const root = new Map<string, unknown>();
  for (const [key, texts] of sent) {
    const tokens = memberTokens(name, key);
    const last = tokens?.pop();
    if (tokens === undefined || last === undefined) continue;
    if (tokens.length > deepest) throw new MalformedText("style", `nests more than ${deepest} levels deep`);
    let at = root;
    for (const token of tokens) {
      const next = at.get(token);
      const member = next instanceof Map ? next : new Map<string, unknown>();
      if (next !== undefined && member !== next) throw contradiction();
      at.set(token, member);
      at = member;
    }
    if (at.has(last)) throw contradiction();
    at.set(last, oneOrAll(texts.map(decode)));
  }
  return root.size === 0 ? undefined : plain(root);
}

function contradiction(): MalformedText {
  return new MalformedText("style", "has a member that is both a value and an object");
}

/** `filter[price][min]` → `["price", "min"]`, for the parameter `filter`. */
export function memberTokens(name: string, key: string): string[] | undefined {
  return key.startsWith(`${name}[`) && key.endsWith("]")
    ? key.slice(name.length + 1, -1).split("][")
    : undefined;
}

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  const members = [...value].map(([name, each]) => [name, plain(each)] as const);
  if (!members.every(([name]) => /^\d*$/.test(name))) return Object.fromEntries(members);
  return members
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .flatMap(([name, each]) => (name === "" ? each : [each]));
}

function oneOrAll(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : values;
}
