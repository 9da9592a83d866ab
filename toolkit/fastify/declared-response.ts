import type { ValidateFunction } from "ajv";
import type { ContractDocument } from "../openapi/document.ts";
import { isJson, isRange, isText } from "../openapi/media-type.ts";
import type { ResponseDescription } from "../openapi/operation.ts";
import type { Schemas } from "./schemas.ts";

/** One response of an operation, compiled. */
export interface DeclaredResponse {
  /** As sent; `undefined`: the response has no content. */
  readonly contentType: string | undefined;
  readonly isJson: boolean;
  readonly validate: ValidateFunction | undefined;
  /** By lower-cased name. */
  readonly headers: ReadonlyMap<string, ValidateFunction>;
  readonly requiredHeaders: readonly string[];
}

/** Compiles what the contract says of one response; tells where it does not say in which media type the body is. */
export function declareResponse(
  document: ContractDocument,
  { contents, headers, pointer }: ResponseDescription,
  schemas: Schemas,
): DeclaredResponse {
  const mediaType = chooseMediaType(
    document,
    contents.map((content) => content.mediaType),
    pointer,
  );
  const schema = contents.find((content) => content.mediaType === mediaType?.declared)?.schema;
  return {
    contentType: mediaType?.sent,
    isJson: mediaType !== undefined && isJson(mediaType.sent),
    validate: schema === undefined ? undefined : schemas.compile(schema),
    headers: new Map(
      headers.map(({ name, schema: each, pointer: at }) => [
        name.toLowerCase(),
        schemas.compile(each ?? { value: true, pointer: at }),
      ]),
    ),
    requiredHeaders: headers.filter(({ required }) => required).map(({ name }) => name.toLowerCase()),
  };
}

/** JSON first, since that is what handlers return; ranges that include JSON are answered with it. */
function chooseMediaType(document: ContractDocument, declared: readonly string[], pointer: string) {
  const chosen = declared.find(isJson) ?? declared.find((mediaType) => !isRange(mediaType)) ?? declared[0];
  if (chosen === undefined) return undefined;
  const sent = ["*/*", "application/*"].includes(chosen) ? "application/json" : chosen;
  if (isRange(sent)) {
    document.report(pointer, `${pointer} does not say which ${chosen} it answers with: name the media type.`);
  }
  const isUnicode = (isJson(sent) || isText(sent)) && !/charset/i.test(sent);
  return { declared: chosen, sent: isUnicode ? `${sent}; charset=utf-8` : sent };
}
