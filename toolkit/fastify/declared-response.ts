import type { ValidateFunction } from "ajv";
import { ContractSetupError } from "../openapi/errors.ts";
import { isJson, isRange, isText } from "../openapi/media-type.ts";
import type { Response } from "../openapi/operation.ts";
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

/**
 * Compiles what the contract says of one response.
 * @throws ContractSetupError where it does not say in which media type the body is written
 */
export function declareResponse({ content, headers, pointer }: Response, schemas: Schemas): DeclaredResponse {
  const mediaType = chooseMediaType([...content.keys()], pointer);
  const schema = mediaType === undefined ? undefined : content.get(mediaType.declared);
  return {
    contentType: mediaType?.sent,
    isJson: mediaType !== undefined && isJson(mediaType.sent),
    validate: schema === undefined ? undefined : schemas.compile(schema),
    headers: new Map(headers.map(({ name, schema: each }) => [name.toLowerCase(), schemas.compile(each)])),
    requiredHeaders: headers.filter(({ required }) => required).map(({ name }) => name.toLowerCase()),
  };
}

/** JSON first, since that is what handlers return; ranges that include JSON are answered with it. */
function chooseMediaType(declared: readonly string[], pointer: string) {
  const chosen = declared.find(isJson) ?? declared.find((mediaType) => !isRange(mediaType)) ?? declared[0];
  if (chosen === undefined) return undefined;
  const sent = ["*/*", "application/*"].includes(chosen) ? "application/json" : chosen;
  if (isRange(sent)) {
    throw new ContractSetupError(
      `${pointer} does not say which ${chosen} it answers with: name the media type.`,
    );
  }
  const isUnicode = (isJson(sent) || isText(sent)) && !/charset/i.test(sent);
  return { declared: chosen, sent: isUnicode ? `${sent}; charset=utf-8` : sent };
}
