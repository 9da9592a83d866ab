import type { ContractDocument } from "./document.ts";
import { checkFields } from "./fields.ts";
import { type JsonObject, objectAt } from "./json.ts";
import type { Link, RequestBody, ResponseDescription } from "./operation.ts";
import { readContents, readHeaders } from "./read-content.ts";
import { dereference, follow, type Located, member, members } from "./reference.ts";

/** Reads a Request Body Object. */
export function readRequestBody(document: ContractDocument, item: Located): RequestBody {
  const body = dereference(document, item);
  checkFields(document, body, "Request Body Object");
  const contents = readContents(document, member(body, "content"), "request");
  if (contents.length === 0) {
    document.report(
      body.pointer,
      `${body.pointer}/content names no media type: name one or remove the body.`,
    );
  }
  return { required: body.value.required === true, contents, pointer: body.pointer };
}

/** Reads a Responses Object. */
export function readResponses(
  document: ContractDocument,
  responses: Located | undefined,
): ResponseDescription[] {
  return members(responses && follow(document, responses))
    .filter(([code]) => !code.startsWith("x-"))
    .flatMap(([code, item]) => {
      if (/^([1-5]\d\d|[1-5]XX|default)$/i.test(code)) return [readResponse(document, code, item)];
      document.report(
        item.pointer,
        `${item.pointer}: a response is named by its status, a range like 4XX, or "default".`,
      );
      return document.isStrict ? [] : [readResponse(document, code, item)];
    });
}

function readResponse(document: ContractDocument, code: string, item: Located): ResponseDescription {
  const response = dereference(document, item);
  checkFields(document, response, "Response Object");
  return {
    code,
    contents: readContents(document, member(response, "content"), "response"),
    headers: readHeaders(document, member(response, "headers"), "response"),
    links: members(member(response, "links")).map(([name, link]) =>
      readLink(name, dereference(document, link).value),
    ),
    pointer: response.pointer,
  };
}

function readLink(name: string, link: JsonObject): Link {
  return {
    name,
    operationId: typeof link.operationId === "string" ? link.operationId : undefined,
    operationRef: typeof link.operationRef === "string" ? link.operationRef : undefined,
    parameters: objectAt(link, "parameters"),
    requestBody: link.requestBody,
  };
}
