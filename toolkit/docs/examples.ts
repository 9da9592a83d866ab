import type { JsonObject } from "../openapi/json.ts";
import { type DocumentReader, text } from "./document.ts";
import { sampleValue } from "./sample-value.ts";

/** A value that stands on the page for a body. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly mediaType: string;
  /** Undefined where only the address of the example is known. */
  readonly value: unknown;
}

/** The examples of a body, of the media type that is JSON, else of the first; else one made from its schema. */
export function examplesOf(reader: DocumentReader, content: unknown): Example[] {
  const all = reader.entries(content);
  const [mediaType, media] = all.find(([type]) => isJson(type)) ?? all[0] ?? [];
  if (mediaType === undefined || media === undefined) return [];
  const named = reader.entries(media.examples).filter(([, each]) => contentOf(each) !== undefined);
  if (named.length > 0) {
    return named.map(([name, each]) => ({
      name,
      title: text(each, "summary") ?? name,
      mediaType,
      value: contentOf(each),
    }));
  }
  const value = media.example ?? (media.schema === undefined ? undefined : sampleValue(reader, media.schema));
  return value === undefined ? [] : [{ name: "example", title: "Example", mediaType, value }];
}

/** The value to show for a parameter. */
export function exampleOfParameter(reader: DocumentReader, parameter: JsonObject): unknown {
  if (parameter.example !== undefined) return parameter.example;
  const [first] = reader.entries(parameter.examples);
  if (first !== undefined) return contentOf(first[1]);
  const [content] = reader.entries(parameter.content);
  return sampleValue(reader, parameter.schema ?? content?.[1].schema);
}

export function isJson(mediaType: string): boolean {
  return /[/+]json\b/i.test(mediaType);
}

/** `dataValue` is OpenAPI 3.2's. */
function contentOf(example: JsonObject): unknown {
  return example.value ?? example.dataValue ?? example.serializedValue;
}
