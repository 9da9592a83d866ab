import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import type { ContractDocument } from "../openapi/document.ts";
import { essence, isJson, isRange } from "../openapi/media-type.ts";
import type { Operation } from "../openapi/operation.ts";
import { MalformedBodyError, UnsupportedMediaTypeError } from "./errors.ts";
import { hasHalfOfAPair } from "./surrogate-pairs.ts";

/**
 * Gives a scope the parsers that its operations need: JSON is ours, since Fastify's refuses an empty body with an error
 * of its own and decodes invalid UTF-8 into replacement characters; all others are the application's. Tells of a
 * declared media type that the application has no parser for.
 */
export function addBodyParsers(
  scope: FastifyInstance,
  document: ContractDocument,
  operations: readonly Operation[],
): void {
  const parseJson = jsonParser(scope);
  if (scope.hasContentTypeParser("application/json")) scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, parseJson);
  const declared = operations.flatMap(({ requestBody }) => requestBody?.contents ?? []);
  const mediaTypes = declared.map(({ mediaType }) => mediaType);
  for (const mediaType of mediaTypes) {
    if (isRange(mediaType) || scope.hasContentTypeParser(essence(mediaType))) continue;
    if (!isJson(mediaType)) {
      document.report(
        "#",
        `No parser reads ${mediaType}, which the contract declares: register one before it (addContentTypeParser).`,
      );
      continue;
    }
    scope.addContentTypeParser(essence(mediaType), { parseAs: "buffer" }, parseJson);
  }
  if (mediaTypes.some(isRange)) {
    scope.addContentTypeParser(/^[^;]+\+json(?:$|;)/, { parseAs: "buffer" }, parseJson);
  }
  scope.addContentTypeParser("*", { parseAs: "buffer" }, parseNothing);
}

/**
 * For empty bodies of any type, and types under a declared range that nothing parses. It takes the place of a parser
 * for everything that the application may have: what is parsed is named.
 */
function parseNothing(
  _request: unknown,
  body: Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  if (body.length === 0) done(null, undefined);
  else done(new UnsupportedMediaTypeError("The body has no media type that the contract declares.", []));
}

function jsonParser(scope: FastifyInstance) {
  const parse = scope.getDefaultJsonParser("error", "error");
  return (
    request: Parameters<typeof parse>[0],
    body: Buffer,
    done: (error: Error | null, body?: unknown) => void,
  ) => {
    if (body.length === 0) done(null, undefined);
    else if (!isUtf8(body)) done(new MalformedBodyError("The body is not valid UTF-8."));
    else {
      const text = body.toString();
      parse.call(scope, request, text, (error, value) => {
        if (error) done(new MalformedBodyError("The body is not well-formed JSON."));
        else if (hasHalfOfAPair(text)) done(new MalformedBodyError("The body has half of a surrogate pair."));
        else done(null, value);
      });
    }
  };
}
