import type { Coercions } from "./coercion.ts";
import { formReader, urlEncodedFields } from "./form.ts";
import { readJson } from "./json-text.ts";
import { isJson, isUrlEncoded } from "./media-type.ts";
import type { Content } from "./operation.ts";
import { decodeForm } from "./query-string.ts";
import type { Encoded } from "./style.ts";

/**
 * Makes the function that reads a parameter which is a document of its media type (`content`): JSON, a form, text.
 *
 * @returns throws MalformedText
 */
export function contentReader(content: Content, coercions: Coercions): (text: string) => unknown {
  const { mediaType, schema } = content;
  if (isJson(mediaType)) return (text) => readJson(text, coercions.isExact, "contentMediaType");
  if (isUrlEncoded(mediaType)) {
    const readForm = formReader(content, coercions);
    return (text) => readForm(urlEncodedFields(text));
  }
  return schema === undefined ? (text) => text : coercions.to(schema);
}

/** The same for OpenAPI 3.2's `in: querystring`: the whole query is a form, or another document. */
export function wholeQueryReader(content: Content, coercions: Coercions): (sent: Encoded) => unknown {
  if (isUrlEncoded(content.mediaType)) {
    const readForm = formReader(content, coercions);
    return (sent) =>
      sent.size === 0
        ? undefined
        : readForm(new Map([...sent].map(([name, texts]) => [name, texts.map((encoded) => ({ encoded }))])));
  }
  const read = contentReader(content, coercions);
  return (sent) => (sent.size === 0 ? undefined : read(wholeText(sent)));
}

/** A query that has no names and values, as it was before it was taken for one. */
function wholeText(sent: Encoded): string {
  return [...sent]
    .flatMap(([name, texts]) => texts.map((text) => (text === "" ? name : `${name}=${decodeForm(text)}`)))
    .join("&");
}
