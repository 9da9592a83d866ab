import type { Coercions } from "../openapi/coercion.ts";
import { isJson, isRange, isText, MediaTypes } from "../openapi/media-type.ts";
import type { Content, ResponseDescription } from "../openapi/operation.ts";
import { isSequence, itemWriter, schemaOfItems } from "../openapi/sequence.ts";
import type { Schemas, Validate } from "./schemas.ts";

/** A body of a response in one media type, compiled. */
export interface DeclaredContent {
  /** As sent; a range where the answer itself has to name its media type. */
  readonly contentType: string;
  readonly isJson: boolean;
  /** Of the whole body. */
  readonly validate: Validate | undefined;
  /** How the items of a sequential media type are written. */
  readonly writeItem: ((item: unknown) => string) | undefined;
  readonly validateItem: Validate | undefined;
}

/** One response of an operation, compiled. */
export interface DeclaredResponse {
  /** What is answered with where the answer leaves it open; `undefined`: the response has no content. */
  readonly content: DeclaredContent | undefined;
  /** The same for bytes. */
  readonly bytes: DeclaredContent | undefined;
  /** The same for items. */
  readonly items: DeclaredContent | undefined;
  readonly byMediaType: MediaTypes<DeclaredContent>;
  /** By lower-cased name. */
  readonly headers: ReadonlyMap<string, Validate>;
  readonly requiredHeaders: readonly string[];
}

/** Compiles what the contract says of one response. */
export function declareResponse(
  { contents, headers }: ResponseDescription,
  schemas: Schemas,
  coercions: Coercions,
): DeclaredResponse {
  const declared = contents.map(
    (content) => [content.mediaType, declareContent(content, schemas, coercions)] as const,
  );
  const find = (...tests: ((mediaType: string) => boolean)[]): DeclaredContent | undefined =>
    tests.map((test) => declared.find(([mediaType]) => test(mediaType))?.[1]).find(Boolean);
  const isNamed = (mediaType: string) => !isRange(mediaType);
  const content = find(isJson, isNamed, () => true);
  const bytes =
    find(
      (mediaType) => isNamed(mediaType) && !isJson(mediaType),
      (mediaType) => !isJson(mediaType),
    ) ?? content;
  return {
    content,
    bytes,
    items: find(isSequence) ?? bytes,
    byMediaType: new MediaTypes(declared),
    headers: new Map(
      headers.map(({ name, schema: each, pointer: at }) => [
        name.toLowerCase(),
        schemas.compile(each ?? { value: true, pointer: at }),
      ]),
    ),
    requiredHeaders: headers.filter(({ required }) => required).map(({ name }) => name.toLowerCase()),
  };
}

function declareContent(content: Content, schemas: Schemas, coercions: Coercions): DeclaredContent {
  const { mediaType, schema } = content;
  // Ranges that include JSON are answered with it.
  const sent = ["*/*", "application/*"].includes(mediaType) ? "application/json" : mediaType;
  const isItemByItem = isSequence(mediaType);
  const item = schemaOfItems(content, coercions);
  return {
    contentType: withCharset(sent),
    isJson: isJson(sent),
    validate:
      schema === undefined || (isItemByItem && coercions.takes(schema) !== "value")
        ? undefined
        : schemas.compile(schema),
    writeItem: isItemByItem ? itemWriter(mediaType) : undefined,
    validateItem: isItemByItem && item !== undefined ? schemas.compile(item) : undefined,
  };
}

/** Text is Unicode, and says so. */
export function withCharset(mediaType: string): string {
  const isUnicode = (isJson(mediaType) || isText(mediaType)) && !/charset/i.test(mediaType);
  return isUnicode && !isRange(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
}
