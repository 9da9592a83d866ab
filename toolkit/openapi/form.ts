import type { Coercions } from "./coercion.ts";
import { maybeJson } from "./json-text.ts";
import { isJson } from "./media-type.ts";
import type { Part } from "./multipart.ts";
import type { Content, Encoding } from "./operation.ts";
import { decodeForm, parseQuery } from "./query-string.ts";
import type { Located } from "./reference.ts";
import { type Encoded, memberTokens, styleReader } from "./style.ts";

/** What was sent under a name of a form: a text, still encoded, or a value of another kind, read already. */
export type FormField = { readonly encoded: string } | { readonly value: unknown };

/** The fields of a form by name, each in the order they were sent. */
export type FormFields = ReadonlyMap<string, readonly FormField[]>;

/** @throws MalformedText where it is not well-formed percent-encoding */
export function urlEncodedFields(body: string): FormFields {
  const fields = parseQuery(body);
  return new Map([...fields].map(([name, texts]) => [name, texts.map((encoded) => ({ encoded }))]));
}

/** @throws MalformedText where a JSON part says what is not kept */
export function multipartFields(parts: readonly Part[], isExact: boolean): FormFields {
  const byName = Map.groupBy(parts, ({ name }) => name);
  return new Map([...byName].map(([name, own]) => [name, own.map((part) => fieldOf(part, isExact))]));
}

function fieldOf(part: Part, isExact: boolean): FormField {
  if ("file" in part) return { value: part.file };
  return isJson(part.mediaType) ? { value: maybeJson(part.text, isExact) } : textField(part.text);
}

/** A text that was not encoded on its way: a delimiter in it is one. */
export function textField(text: string): FormField {
  return { encoded: encodeURIComponent(text.toWellFormed()).replaceAll("%2C", ",") };
}

/**
 * Makes the function that reads a form as its content and `encoding` say (OpenAPI 3.1.1 §4.8.15): lists and values by
 * style, objects as JSON, each with the type of its schema.
 */
export function formReader(
  content: Pick<Content, "schema" | "encoding">,
  coercions: Coercions,
): (fields: FormFields) => unknown {
  const { schema, encoding } = content;
  if (schema === undefined) return (fields) => Object.fromEntries([...fields].map(plain));
  const coerce = coercions.to(schema);
  const readings = [...coercions.propertySchemas(schema)].map(
    ([name, property]) => [name, propertyReader(name, property, encoding[name], coercions)] as const,
  );
  return (fields) => {
    const known = new Set<string>();
    const read = readings.flatMap(([name, reading]) => {
      const found = reading(fields);
      for (const key of found?.keys ?? []) known.add(key);
      return found === undefined ? [] : [[name, found.value]];
    });
    const others = [...fields].filter(([name]) => !known.has(name)).map(plain);
    return coerce(Object.fromEntries([...read, ...others]));
  };
}

type PropertyReading = (
  fields: FormFields,
) => { readonly value: unknown; readonly keys: readonly string[] } | undefined;

function propertyReader(
  name: string,
  property: Located,
  encoding: Encoding | undefined,
  coercions: Coercions,
): PropertyReading {
  const takes = coercions.takes(property);
  const style = encoding?.style ?? "form";
  const explode = encoding?.explode ?? style === "form";
  const isStyled = encoding?.style !== undefined || encoding?.explode !== undefined;
  const asJson =
    encoding?.contentType === undefined ? !isStyled && takes !== "value" : isJson(encoding.contentType);
  const { names } = takes === "object" ? coercions.properties(property) : { names: [] };
  const byStyle = styleReader({ name, style, explode, takes, properties: names }, decodeForm);
  const nested = styleReader({ name, style: "deepObject", explode: true, takes, properties: [] }, decodeForm);
  return (fields) => {
    const own = fields.get(name);
    if (
      own !== undefined &&
      (own.some((field) => "value" in field) || (asJson && looksStructured(own, takes)))
    ) {
      const values = own.map((field) =>
        "value" in field ? field.value : maybeJson(decodeForm(field.encoded), coercions.isExact),
      );
      const [only] = values;
      const isWhole = values.length === 1 && (takes !== "array" || Array.isArray(only));
      return { value: isWhole ? only : values, keys: [name] };
    }
    const sent = encodedOnly(fields);
    const value = byStyle(sent);
    if (value !== undefined)
      return { value, keys: isStyled && takes === "object" && explode ? [name, ...names] : [name] };
    // `tags[]=a`, `owner[name]=b`: how many form encoders write what no style was named for.
    const keys = [...fields.keys()].filter((key) => memberTokens(name, key) !== undefined);
    return keys.length === 0 ? undefined : { value: nested(sent), keys };
  };
}

/** A list or an object that was written as one JSON text. */
function looksStructured(fields: readonly FormField[], takes: string): boolean {
  return fields.every(
    (field) =>
      "encoded" in field &&
      /^(?:%7b|\{|%5b|\[)/i.test(field.encoded) &&
      (takes !== "any" || fields.length > 0),
  );
}

function encodedOnly(fields: FormFields): Encoded {
  return new Map(
    [...fields].map(([name, all]) => [
      name,
      all.flatMap((field) => ("encoded" in field ? [field.encoded] : [])),
    ]),
  );
}

function plain([name, fields]: readonly [string, readonly FormField[]]): [string, unknown] {
  const values = fields.map((field) => ("value" in field ? field.value : decodeForm(field.encoded)));
  return [name, values.length === 1 ? values[0] : values];
}
