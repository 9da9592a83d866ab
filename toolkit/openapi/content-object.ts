import { checkFields } from "./fields.ts";
import type { Located, OpenApiDocument } from "./reference.ts";
import { asObject, dereference, member, members } from "./reference.ts";

/** Reads a `content`: the schemas of its media types. */
export function readContent(document: OpenApiDocument, located: Located): Map<string, Located | undefined> {
  const content = new Map<string, Located | undefined>();
  for (const [mediaType, item] of members(asObject(located))) {
    const declared = dereference(document, item);
    checkFields(declared, "Media Type Object");
    content.set(mediaType, member(declared, "schema"));
  }
  return content;
}
