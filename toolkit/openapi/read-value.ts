import type { Coercion, Coercions } from "./coercion.ts";
import { contentReader, wholeQueryReader } from "./content-value.ts";
import { isObject } from "./json.ts";
import type { Parameter, ParameterPlace } from "./operation.ts";
import { decodeForm, decodePercent, parseQuery } from "./query-string.ts";
import { dereference } from "./reference.ts";
import { type Encoded, memberTokens, styleReader } from "./style.ts";

/** Reads one parameter of a request. */
export interface ParameterReading {
  readonly parameter: Parameter;
  /**
   * The typed value; undefined: it was not sent.
   * @throws MalformedText
   */
  readonly read: (sent: Encoded) => unknown;
  /** The schema's `default`; undefined where it has none. */
  readonly fallback: unknown;
  /** Whether what was sent under a name is part of this parameter. */
  readonly claims: (name: string) => boolean;
}

/** Makes the readings of the parameters of one place of an operation. */
export function parameterReadings(
  parameters: readonly Parameter[],
  place: ParameterPlace,
  coercions: Coercions,
): ParameterReading[] {
  const claimed = new Set(parameters.filter(({ style }) => style !== "deepObject").map(({ name }) => name));
  return parameters.map((parameter) => {
    const { schema, content } = parameter;
    const read = textReader(parameter, place, coercions, claimed);
    const coerce: Coercion =
      schema === undefined || content !== undefined ? (value) => value : coercions.to(schema);
    return {
      parameter,
      read: (sent) => {
        const value = read(sent);
        return value === undefined || (value === "" && parameter.allowEmptyValue) ? value : coerce(value);
      },
      fallback: fallbackOf(parameter),
      claims: claims(parameter, coercions, claimed),
    };
  });
}

function textReader(
  parameter: Parameter,
  place: ParameterPlace,
  coercions: Coercions,
  claimed: ReadonlySet<string>,
): (sent: Encoded) => unknown {
  const { name, style, explode, schema, content } = parameter;
  const decode = decoderOf(parameter, place);
  if (content !== undefined) {
    if (parameter.in === "querystring") return wholeQueryReader(content, coercions);
    const readContent = contentReader(content, coercions);
    return (sent) => {
      const texts = sent.get(name)?.map(decode);
      if (texts === undefined) return undefined;
      return texts.length === 1 ? readContent(texts[0] ?? "") : texts;
    };
  }
  const takes = coercions.takes(schema);
  const isBeside =
    takes === "object" && explode && (style === "form" || style === "cookie") && schema !== undefined;
  const { names, isOpen } = isBeside ? coercions.properties(schema) : { names: [], isOpen: false };
  const isForm = place === "cookie" && style === "form";
  const read = styleReader(
    {
      ...{ name, style, explode, takes, properties: names },
      ...(isOpen && { takesOthers: claimed }),
      ...(isForm && takes === "array" && { explode: false, separator: cookieSeparator(name) }),
    },
    decode,
  );
  return isForm && isBeside ? (sent) => read(separateCookies(sent, names)) : read;
}

/** An object's members in one cookie, exploded as in a query: each is a cookie of its own. */
function separateCookies(sent: Encoded, names: readonly string[]): Encoded {
  const cookies = new Map<string, readonly string[]>();
  for (const [name, texts] of sent) {
    const [first = "", ...others] = names.includes(name) ? texts.join("&").split("&") : [];
    cookies.set(name, others.length === 0 ? texts : [first]);
    for (const [member, value] of parseQuery(others.join("&"))) cookies.set(member, value);
  }
  return cookies;
}

/** A list in one cookie is exploded as in a query, which no cookie can hold, or written with commas. */
function cookieSeparator(name: string): RegExp {
  return new RegExp(`,|&(?:${name.replace(/[.*+?^$\x7b}()|[\]\\]/g, "\\$&")}=)?`);
}

function decoderOf({ style }: Parameter, place: ParameterPlace): (text: string) => string {
  if (place === "query") return decodeForm;
  if (place === "header") return (text) => text.trim();
  return style === "cookie" ? (text) => text : decodePercent;
}

function claims(
  parameter: Parameter,
  coercions: Coercions,
  claimed: ReadonlySet<string>,
): (name: string) => boolean {
  const { name, style, schema, explode } = parameter;
  if (parameter.in === "querystring") return () => true;
  if (style === "deepObject") return (sent) => memberTokens(name, sent) !== undefined;
  const isBeside = parameter.content === undefined && explode && style === "form" && schema !== undefined;
  if (!isBeside || coercions.takes(schema) !== "object") return (sent) => sent === name;
  const { names, isOpen } = coercions.properties(schema);
  return (sent) => names.includes(sent) || (isOpen && !claimed.has(sent));
}

function fallbackOf({ schema }: Parameter): unknown {
  if (schema === undefined || !isObject(schema.value)) return undefined;
  return schema.value.default ?? dereference(schema.document, schema).value.default;
}
