import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import type { Coercions } from "./coercion.ts";
import { formReader, multipartFields, urlEncodedFields } from "./form.ts";
import { readJson } from "./json-text.ts";
import {
  isBinary,
  isFormData,
  isJson,
  isJsonSequence,
  isMultipart,
  isUrlEncoded,
  isXml,
} from "./media-type.ts";
import { type ReadFile, readMultipart } from "./multipart.ts";
import type { Content } from "./operation.ts";
import { sequenceTexts } from "./sequence.ts";
import { MalformedText } from "./style.ts";

/** A body that has been read. */
export interface ReadBody {
  readonly value: unknown;
  /** False: nothing here reads its media type, and its schema asks for more than a text. */
  readonly isChecked: boolean;
}

/** Reads a body of one media type. @throws MalformedText */
export type BodyReading = (body: Buffer, contentType: string) => ReadBody | Promise<ReadBody>;

/**
 * Makes the function that reads multipart/form-data as it comes.
 *
 * @returns throws MalformedText, and whatever reading the body or a file throws
 */
export function formDataReading(
  content: Pick<Content, "schema" | "encoding">,
  coercions: Coercions,
): (body: Readable, contentType: string, readFile: ReadFile) => Promise<ReadBody> {
  const readForm = lateFormReader(content, coercions);
  return async (body, contentType, readFile) => {
    const fields = multipartFields(await readMultipart(body, contentType, readFile), coercions.isExact);
    return { value: readForm(fields), isChecked: true };
  };
}

/** Most bodies are JSON: what only others need is made when one of them comes. */
function lateFormReader(
  content: Pick<Content, "schema" | "encoding">,
  coercions: Coercions,
): ReturnType<typeof formReader> {
  let form: ReturnType<typeof formReader> | undefined;
  return (fields) => {
    form ??= formReader(content, coercions);
    return form(fields);
  };
}

/**
 * Makes the function that reads a body as its media type and its schema say: JSON and sequences of it, forms, XML,
 * text. Of what nothing reads, the bytes are handed on.
 *
 * @param files what becomes of bytes that nothing reads; files within a form are text
 */
export function bodyReading(
  content: Pick<Content, "schema" | "encoding" | "mediaType">,
  coercions: Coercions,
  files: "text" | "bytes",
): BodyReading {
  const { schema } = content;
  const readForm = lateFormReader(content, coercions);
  const readParts = formDataReading(content, coercions);
  const coerce = (value: unknown) => (schema === undefined ? value : coercions.to(schema)(value));
  return (body, contentType) => {
    if (isFormData(contentType)) return readParts(Readable.from([body]), contentType, readText);
    const isPlain = schema === undefined || ["value", "any"].includes(coercions.takes(schema));
    if (isBinary(contentType) || isMultipart(contentType)) {
      return files === "bytes"
        ? { value: body, isChecked: false }
        : { value: body.toString(), isChecked: isPlain };
    }
    const text = textOf(body);
    if (isJson(contentType)) return { value: readJson(text, coercions.isExact), isChecked: true };
    if (isJsonSequence(contentType)) {
      const items = sequenceTexts(text, contentType).map((item) => readJson(item, coercions.isExact));
      return { value: items, isChecked: true };
    }
    if (isUrlEncoded(contentType)) return { value: readForm(urlEncodedFields(text)), isChecked: true };
    if (isXml(contentType)) {
      return import("./xml.ts").then(async ({ readXml }) => ({
        value: coerce(await readXml(text, schema, coercions)),
        isChecked: true,
      }));
    }
    return { value: isPlain ? coerce(text) : text, isChecked: isPlain };
  };
}

/** @throws MalformedText where a body is not UTF-8 */
export function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new MalformedText("utf-8", "is not valid UTF-8");
  return body.toString();
}
