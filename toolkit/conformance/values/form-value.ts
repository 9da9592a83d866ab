import { type FormField, formReader, textField } from "../../openapi/form.ts";
import { Coercions, type Content, type ContractDocument, ContractSchema } from "../../openapi/index.ts";
import { isForm, isJson, isMultipart } from "../../openapi/media-type.ts";
import { formFields } from "../request/write-form.ts";
import { validatorOf } from "./validator.ts";

/** What a server reads of a body's value: of one written as a form, texts are what their schemas make of them. */
export function asRead(document: ContractDocument, content: Content, value: unknown): unknown {
  // A list as a whole has no form that OpenAPI tells of.
  if (!isForm(content.mediaType) || Array.isArray(value)) return value;
  const coercions = new Coercions(document, (located, each) =>
    validatorOf(new ContractSchema(document, located, "request")).accepts(each),
  );
  const fields = new Map<string, FormField[]>();
  for (const { name, text, mediaType } of formFields(value, content.encoding)) {
    const isParts = isMultipart(content.mediaType);
    const isTyped = isParts && mediaType !== undefined && isJson(mediaType);
    const asText = isParts ? textField(text) : { encoded: encodeURIComponent(text.toWellFormed()) };
    const field = isTyped ? { value: JSON.parse(text) } : asText;
    fields.set(name, [...(fields.get(name) ?? []), field]);
  }
  return formReader(content, coercions)(fields);
}
