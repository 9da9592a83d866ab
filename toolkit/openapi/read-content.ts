import { readContent } from "./content-object.ts";
import { ContractSetupError } from "./errors.ts";
import { checkFields, requiredField } from "./fields.ts";
import type { RequestBody, Response, ResponseHeader } from "./operation.ts";
import { readSchemaOrContent } from "./read-parameter.ts";
import type { Located, OpenApiDocument } from "./reference.ts";
import { asObject, dereference, member, members } from "./reference.ts";

export function readRequestBody(document: OpenApiDocument, item: Located): RequestBody {
  const body = dereference(document, item);
  checkFields(body, "Request Body Object");
  const content = readContent(document, requiredField(body, "content"));
  if (content.size === 0) {
    throw new ContractSetupError(`${body.pointer}/content names no media type: name one or remove the body.`);
  }
  return { required: body.value.required === true, content, pointer: body.pointer };
}

export function readResponse(document: OpenApiDocument, status: string, item: Located): Response {
  if (!/^([1-5]\d\d|[1-5]XX|default)$/i.test(status)) {
    throw new ContractSetupError(
      `${item.pointer}: a response is named by its status, a range like 4XX, or "default".`,
    );
  }
  const response = dereference(document, item);
  checkFields(response, "Response Object");
  const content = member(response, "content");
  const headers = member(response, "headers");
  return {
    content: content === undefined ? new Map() : readContent(document, content),
    headers: (headers === undefined ? [] : members(asObject(headers)))
      .filter(([name]) => name.toLowerCase() !== "content-type")
      .map(([name, located]) => readHeader(document, name, located)),
    pointer: response.pointer,
  };
}

function readHeader(document: OpenApiDocument, name: string, item: Located): ResponseHeader {
  const header = dereference(document, item);
  checkFields(header, "Header Object");
  return {
    name,
    required: header.value.required === true,
    schema: readSchemaOrContent(document, header).schema,
  };
}
