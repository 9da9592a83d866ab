import type { Coercion, Coercions } from "./coercion.ts";
import { isObject } from "./json.ts";
import { isJson, isUrlEncoded } from "./media-type.ts";
import type { Parameter, ParameterPlace } from "./operation.ts";
import { decodeForm, decodePercent } from "./query-string.ts";
import { dereference } from "./reference.ts";
import { type Encoded, MalformedText, memberTokens, styleReader } from "./style.ts";

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
    const { schema } = parameter;
    const read = textReader(parameter, place, coercions, claimed);
    const coerce: Coercion =
      schema === undefined || (parameter.mediaType !== undefined && !isUrlEncoded(parameter.mediaType))
        ? (value) => value
        : coercions.to(schema);
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
  const { name, style, explode, schema, mediaType } = parameter;
  const decode = decoderOf(parameter, place);
  if (parameter.in === "querystring") return (sent) => wholeQuery(sent, mediaType);
  if (mediaType !== undefined) {
    return (sent) => {
      const texts = sent.get(name)?.map(decode);
      if (texts === undefined) return undefined;
      return texts.length === 1 ? parseContent(texts[0] ?? "", mediaType) : texts;
    };
  }
  const takes = coercions.takes(schema);
  const isBeside =
    takes === "object" && explode && (style === "form" || style === "cookie") && schema !== undefined;
  const { names, isOpen } = isBeside ? coercions.properties(schema) : { names: [], isOpen: false };
  return styleReader(
    {
      ...{ name, style, explode, takes, properties: names },
      ...(isOpen && { takesOthers: claimed }),
      ...(place === "cookie" &&
        style === "form" &&
        takes === "array" && { explode: false, separator: cookieSeparator(name) }),
    },
    decode,
  );
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
  const isBeside = parameter.mediaType === undefined && explode && style === "form" && schema !== undefined;
  if (!isBeside || coercions.takes(schema) !== "object") return (sent) => sent === name;
  const { names, isOpen } = coercions.properties(schema);
  return (sent) => names.includes(sent) || (isOpen && !claimed.has(sent));
}

/** OpenAPI 3.2's `in: querystring`: the whole query is a form or a document. */
function wholeQuery(sent: Encoded, mediaType = ""): unknown {
  if (sent.size === 0) return undefined;
  if (!isJson(mediaType)) {
    return Object.fromEntries(
      [...sent].map(([name, texts]) => [
        name,
        texts.length === 1 ? decodeForm(texts[0] ?? "") : texts.map(decodeForm),
      ]),
    );
  }
  const [[name, texts] = ["", []]] = [...sent];
  return parseContent([name, ...texts.filter((text) => text !== "").map(decodeForm)].join("="), mediaType);
}

/** A `content` parameter's document; of a media type that nothing here reads the text. @throws MalformedText */
function parseContent(text: string, mediaType: string): unknown {
  if (!isJson(mediaType)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedText("contentMediaType", "is not well-formed JSON");
  }
}

function fallbackOf({ schema }: Parameter): unknown {
  if (schema === undefined || !isObject(schema.value)) return undefined;
  return schema.value.default ?? dereference(schema.document, schema).value.default;
}
