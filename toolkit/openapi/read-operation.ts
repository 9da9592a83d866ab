import { ContractSetupError } from "./errors.ts";
import { checkFields, requiredField } from "./fields.ts";
import type { Operation, Parameter, SecurityRequirement } from "./operation.ts";
import { readRequestBody, readResponse } from "./read-content.ts";
import { parameterKey, readParameters } from "./read-parameter.ts";
import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asObject, asString, dereference, member, members } from "./reference.ts";

/** HEAD before GET: Fastify would otherwise have made a HEAD route of the GET by then. */
const methods = ["head", "get", "put", "post", "delete", "options", "patch"] as const;

/**
 * Reads the operations of an OpenAPI document, references followed, path-level parameters merged.
 * @throws ContractSetupError at the first thing that is not OpenAPI 3.0 or 3.1
 */
export function readOperations(document: OpenApiDocument): Operation[] {
  if (!/^3\.[01]\.\d+/.test(String(document?.openapi))) {
    throw new ContractSetupError('The document is not OpenAPI 3.0 or 3.1: its "openapi" must say "3.1.x".');
  }
  const root: Located<JsonObject> = { value: document, pointer: "#" };
  checkFields(root, "OpenAPI Object");
  const documentSecurity = readSecurity(member(root, "security")) ?? [];
  const paths = member(root, "paths");
  const operations: Operation[] = [];
  for (const [path, item] of paths === undefined ? [] : members(asObject(paths))) {
    if (path.startsWith("x-")) continue;
    const pathItem = dereference(document, item);
    checkFields(pathItem, "Path Item Object");
    refuse(pathItem, "trace", "Fastify has no TRACE: remove the operation.");
    refuse(pathItem, "servers", "servers are read at the top of the document only: move them there.");
    const shared = readParameters(document, member(pathItem, "parameters"));
    for (const method of methods) {
      const located = member(pathItem, method);
      if (located === undefined) continue;
      operations.push(readOperation(document, path, method, asObject(located), shared, documentSecurity));
    }
  }
  return operations;
}

function readOperation(
  document: OpenApiDocument,
  path: string,
  method: string,
  operation: Located<JsonObject>,
  shared: readonly Parameter[],
  documentSecurity: readonly SecurityRequirement[],
): Operation {
  checkFields(operation, "Operation Object");
  refuse(operation, "servers", "servers are read at the top of the document only: move them there.");
  const id = member(operation, "operationId");
  if (id === undefined) {
    throw new ContractSetupError(
      `${operation.pointer} has no operationId: name it, so that it has a handler.`,
    );
  }
  const own = readParameters(document, member(operation, "parameters"));
  const overridden = new Set(own.map(parameterKey));
  const parameters = [...shared.filter((parameter) => !overridden.has(parameterKey(parameter))), ...own];
  const body = member(operation, "requestBody");
  if (body !== undefined && (method === "get" || method === "head")) {
    throw new ContractSetupError(
      `${body.pointer}: HTTP gives a body on ${method.toUpperCase()} no meaning: remove it.`,
    );
  }
  const responses = asObject(requiredField(operation, "responses"));
  return {
    id: asString(id),
    method: method.toUpperCase(),
    path,
    parameters,
    requestBody: body === undefined ? undefined : readRequestBody(document, body),
    responses: new Map(
      members(responses)
        .filter(([status]) => !status.startsWith("x-"))
        .map(([status, response]) => [status, readResponse(document, status, response)]),
    ),
    security: readSecurity(member(operation, "security")) ?? documentSecurity,
    pointer: operation.pointer,
  };
}

function readSecurity(list: Located | undefined): SecurityRequirement[] | undefined {
  if (list === undefined) return undefined;
  return members(asArray(list)).map(
    ([, item]) =>
      new Map(
        members(asObject(item)).map(([scheme, scopes]) => [
          scheme,
          members(asArray(scopes)).map(([, scope]) => asString(scope)),
        ]),
      ),
  );
}

function refuse(object: Located<JsonObject>, field: string, reason: string): void {
  const found = member(object, field);
  if (found !== undefined) throw new ContractSetupError(`${found.pointer}: ${reason}`);
}
