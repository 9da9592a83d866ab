import type { Coercions } from "./coercion.ts";
import { formReader, multipartFields, urlEncodedFields } from "./form.ts";
import { essence, isJson, isJsonSequence, isText, isUrlEncoded, isXml } from "./media-type.ts";
import { MalformedMultipart, parseMultipart } from "./multipart.ts";
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
 * Makes the function that reads a body as its media type and its schema say: JSON and sequences of it, forms, XML,
 * text. Of what nothing reads, the bytes are handed on.
 *
 * @param files what becomes of a file within a form
 */
export function bodyReading(
  content: Pick<Content, "schema" | "encoding" | "mediaType">,
  coercions: Coercions,
  files: "text" | "bytes",
): BodyReading {
  const { schema } = content;
  // Most bodies are JSON: what only others need is made when one of them comes.
  let form: ReturnType<typeof formReader> | undefined;
  const readForm: typeof form = (fields) => {
    form ??= formReader(content, coercions);
    return form(fields);
  };
  const coerce = (value: unknown) => (schema === undefined ? value : coercions.to(schema)(value));
  const asFile = ({ body }: { readonly body: Buffer }) => (files === "text" ? body.toString() : body);
  return (body, contentType) => {
    if (isJson(contentType)) return { value: parseJson(body.toString()), isChecked: true };
    if (isJsonSequence(contentType))
      return { value: sequenceTexts(body.toString(), contentType).map(parseJson), isChecked: true };
    if (isUrlEncoded(contentType))
      return { value: readForm(urlEncodedFields(body.toString())), isChecked: true };
    if (essence(contentType) === "multipart/form-data") {
      return { value: readForm(multipartFields(partsOf(body, contentType), asFile)), isChecked: true };
    }
    if (isXml(contentType)) {
      return import("./xml.ts").then(async ({ readXml }) => ({
        value: coerce(await readXml(body.toString(), schema, coercions)),
        isChecked: true,
      }));
    }
    const isPlain = schema === undefined || ["value", "any"].includes(coercions.takes(schema));
    if (isText(contentType))
      return { value: isPlain ? coerce(body.toString()) : body.toString(), isChecked: isPlain };
    return { value: files === "text" ? body.toString() : body, isChecked: files === "text" && isPlain };
  };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedText("json", "is not well-formed JSON");
  }
}

function partsOf(body: Buffer, contentType: string) {
  try {
    const parts = parseMultipart(body, contentType);
    const nameless = parts.findIndex(({ name }) => name === undefined);
    if (nameless === -1) return parts;
    throw new MalformedMultipart(
      `part ${nameless + 1} has no name: give it a Content-Disposition: form-data; name="…".`,
    );
  } catch (error) {
    if (!(error instanceof MalformedMultipart)) throw error;
    throw new MalformedText("multipart", `is no multipart/form-data: ${error.message}`);
  }
}
