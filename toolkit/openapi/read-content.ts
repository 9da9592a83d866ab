import type { Direction } from "./direction.ts";
import type { ContractDocument } from "./document.ts";
import { checkFields, text } from "./fields.ts";
import { isObject, type JsonObject } from "./json.ts";
import { maybeJson } from "./json-text.ts";
import { isJson } from "./media-type.ts";
import type { Content, Encoding, Example, Header } from "./operation.ts";
import { dereference, type Located, member, members } from "./reference.ts";
import { ContractSchema } from "./schema.ts";

/** Reads a map of Header Objects. `Content-Type` is the media type's to say (OpenAPI 3.1.1 §4.8.17). */
export function readHeaders(
  document: ContractDocument,
  headers: Located | undefined,
  direction: Direction,
): Header[] {
  return members(headers)
    .filter(([name]) => name.toLowerCase() !== "content-type")
    .map(([name, item]) => {
      const header = dereference(document, item);
      checkFields(document, header, "Header Object");
      return readHeader(document, name, header, direction);
    });
}

/** Reads a Parameter Object, or a Header Object, which is one without a name. */
export function readHeader(
  document: ContractDocument,
  name: string,
  header: Located<JsonObject>,
  direction: Direction,
  fallback = "simple",
): Header {
  const { value, pointer } = header;
  const schema = member(header, "schema");
  const contents = readContents(document, member(header, "content"), direction);
  const [content] = contents;
  if (contents.length > 1 || (content !== undefined && content.schema === undefined)) {
    document.report(pointer, `${pointer}/content must have one media type, with a schema.`);
  }
  if ((schema === undefined) === (content === undefined)) {
    document.report(pointer, `${pointer} must have either a schema or a content.`);
  }
  const style = text(document, header, "style") ?? fallback;
  const made = content?.schema ?? (schema && new ContractSchema(document, schema, direction));
  return {
    name,
    required: value.required === true,
    deprecated: value.deprecated === true,
    description: typeof value.description === "string" ? value.description : undefined,
    style,
    explode: typeof value.explode === "boolean" ? value.explode : style === "form" || style === "cookie",
    ...(made && { schema: made }),
    ...(content && { content }),
    examples: content?.examples ?? readExamples(document, header),
    pointer,
  };
}

/** Reads a `content`: its media types. */
export function readContents(
  document: ContractDocument,
  content: Located | undefined,
  direction: Direction,
): Content[] {
  return members(content).map(([mediaType, item]) => {
    const declared = dereference(document, item);
    checkFields(document, declared, "Media Type Object");
    const schema = member(declared, "schema");
    const itemSchema = member(declared, "itemSchema");
    const items = itemSchema && {
      value: { type: "array", items: itemSchema.value },
      pointer: itemSchema.pointer,
    };
    const whole = schema ?? items;
    return {
      mediaType,
      ...(whole && { schema: new ContractSchema(document, whole, direction) }),
      ...(itemSchema && { itemSchema: new ContractSchema(document, itemSchema, direction) }),
      examples: readExamples(document, declared, mediaType),
      encoding: Object.fromEntries(
        members(member(declared, "encoding")).map(([name, each]) => [
          name,
          readEncoding(document, each, direction),
        ]),
      ),
      pointer: declared.pointer,
    };
  });
}

function readEncoding(document: ContractDocument, item: Located, direction: Direction): Encoding {
  const encoding = dereference(document, item);
  const { contentType, style, explode } = encoding.value;
  return {
    contentType: typeof contentType === "string" ? contentType : undefined,
    style: typeof style === "string" ? style : undefined,
    explode: typeof explode === "boolean" ? explode : undefined,
    headers: readHeaders(document, member(encoding, "headers"), direction),
  };
}

/**
 * Reads the examples of a Media Type, Parameter or Header Object.
 * @param mediaType of what they are written in
 */
function readExamples(document: ContractDocument, carrier: Located<JsonObject>, mediaType = ""): Example[] {
  const named = members(member(carrier, "examples")).map(([key, item]): Example => {
    const example = dereference(document, item).value;
    // OpenAPI 3.2 tells the value itself (dataValue) from how it travels (serializedValue).
    const field = ["value", "dataValue", "serializedValue"].find((name) => Object.hasOwn(example, name));
    if (field === undefined) return { key };
    const value = example[field];
    const isWritten = field === "serializedValue" && typeof value === "string" && isJson(mediaType);
    return { key, value: isWritten ? maybeJson(value, true) : value };
  });
  if (named.length > 0 && isObject(carrier.value.examples)) return named;
  return carrier.value.example === undefined ? [] : [{ key: "default", value: carrier.value.example }];
}
