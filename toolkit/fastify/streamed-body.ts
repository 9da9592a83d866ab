import { buffer } from "node:stream/consumers";
import { formDataReading, type ReadBody } from "../openapi/body.ts";
import type { Coercions } from "../openapi/coercion.ts";
import { readJson } from "../openapi/json-text.ts";
import { essence, isBinary, isFormData, isJsonSequence } from "../openapi/media-type.ts";
import type { Content } from "../openapi/operation.ts";
import { dereference } from "../openapi/reference.ts";
import { isList, schemaOfItems, streamedTexts } from "../openapi/sequence.ts";
import { MalformedText } from "../openapi/style.ts";
import { asksForBytes } from "./body-parsers.ts";
import type { BodyStream } from "./body-stream.ts";
import { InvalidRequestError, MalformedBodyError } from "./errors.ts";
import { holdAgainst } from "./hold-against.ts";
import { fileReceiver } from "./received-file.ts";
import type { Schemas, Validate } from "./schemas.ts";

/** What a handler is given of a body that is not read before. */
export interface StreamReading {
  /** Whether a body that came as this media type is read so. */
  readonly takes: (contentType: string) => boolean;
  readonly read: (stream: BodyStream, contentType: string) => unknown;
}

/**
 * How a body is read as it comes: its bytes, or its items one by one, each held against its schema.
 *
 * @param readWhole reads a sequence that is a list
 * @param check holds a form against its schema
 * @returns `undefined` where it is not
 */
export function streamReading(
  content: Content,
  { schemas, coercions }: { readonly schemas: Schemas; readonly coercions: Coercions },
  readWhole: (body: Buffer, contentType: string) => unknown,
  check: (read: ReadBody) => unknown,
): StreamReading | undefined {
  const { mediaType } = content;
  if (isFormData(mediaType) || essence(mediaType) === "multipart/*") {
    const readForm = formDataReading(content, coercions);
    return {
      takes: isFormData,
      read: async (stream, contentType) =>
        check(await readForm(stream, contentType, fileReceiver(stream)).catch(asMalformedBody)),
    };
  }
  if (isJsonSequence(mediaType)) {
    if (isList(content, coercions)) {
      return {
        takes: isJsonSequence,
        read: async (stream, contentType) => readWhole(await buffer(stream), contentType),
      };
    }
    const item = schemaOfItems(content, coercions);
    const validate = item === undefined ? undefined : schemas.compile(item);
    return {
      takes: isJsonSequence,
      read: (stream, contentType) => readItems(streamedTexts(stream, contentType), validate, schemas),
    };
  }
  if (!isBinary(mediaType) || !asksForBytes(content, coercions)) return undefined;
  const maxLength = maxLengthOf(content);
  return {
    takes: isBinary,
    read(stream) {
      if (maxLength !== undefined) stream.limitTo(maxLength);
      return stream;
    },
  };
}

function asMalformedBody(error: unknown): never {
  if (error instanceof MalformedText) throw new MalformedBodyError(`The body ${error.message}`);
  throw error;
}

/** Of bytes no other keyword says anything (OpenAPI 3.1.1 §4.8.14.3). */
function maxLengthOf({ schema }: Content): number | undefined {
  const { maxLength } = schema === undefined ? {} : dereference(schema.document, schema).value;
  return typeof maxLength === "number" ? maxLength : undefined;
}

/** @throws RequestError for the item that is wrong, once those before it have been taken */
async function* readItems(
  texts: AsyncGenerator<string, void>,
  validate: Validate | undefined,
  schemas: Schemas,
): AsyncGenerator<unknown, void> {
  let index = 0;
  try {
    for await (const text of texts) {
      const item = readJson(text, false);
      if (validate !== undefined) holdAgainst(validate, item, schemas);
      yield item;
      index += 1;
    }
  } catch (error) {
    if (error instanceof MalformedText)
      throw new MalformedBodyError(`The item ${index} of the body ${error.message}.`);
    if (!(error instanceof InvalidRequestError)) throw error;
    const [violation] = error.violations;
    if (violation === undefined) throw error;
    const [part = "body", ...path] = violation.location;
    throw new InvalidRequestError("body", { ...violation, location: [part, String(index), ...path] });
  }
}
