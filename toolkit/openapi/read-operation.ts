import type { ContractDocument } from "./document.ts";
import { checkFields, list, text } from "./fields.ts";
import { isObject, type JsonObject, objectAt } from "./json.ts";
import type { Callback, Operation, SecurityRequirement } from "./operation.ts";
import { readRequestBody, readResponses } from "./read-body.ts";
import { readParameters } from "./read-parameter.ts";
import {
  chain,
  dereference,
  elements,
  follow,
  fragmentTokens,
  type Located,
  member,
  members,
} from "./reference.ts";

/** The methods that a Path Item Object has fields for. */
const httpMethods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);

/** An operation that has not been read yet: large documents have thousands. */
export interface OperationEntry {
  /** In lower case. */
  readonly method: string;
  readonly path: string;
  /** Path Item Object, `$ref` followed. */
  readonly item: Located<JsonObject>;
  readonly definition: Located;
}

/** The operations of a document's paths, in its order. */
export function listOperations(document: ContractDocument): OperationEntry[] {
  const root = { value: document.root, pointer: "#" };
  checkFields(document, root, "OpenAPI Object");
  list(document, root, "security");
  return members(member(root, "paths")).flatMap(([path, item]) =>
    path.startsWith("x-") ? [] : operationsOf(document, path, item),
  );
}

/** The operations that a document's webhooks describe, each with its webhook's name as its path (OpenAPI 3.1). */
export function listWebhooks(document: ContractDocument): OperationEntry[] {
  const root = { value: document.root, pointer: "#" };
  return members(member(root, "webhooks")).flatMap(([name, item]) => operationsOf(document, name, item));
}

/** The operations of a callback. Their paths are the runtime expression of the URL. */
export function listCallback(document: ContractDocument, { expression, item }: Callback): OperationEntry[] {
  return operationsOf(document, expression, item);
}

function operationsOf(document: ContractDocument, path: string, located: Located): OperationEntry[] {
  const item = readPathItem(document, located);
  checkFields(document, item, "Path Item Object");
  const own = members(item).filter(([name]) => httpMethods.has(name));
  // OpenAPI 3.2 puts methods it has no field for under additionalOperations.
  const additional = members(member(item, "additionalOperations")).filter(([name]) => /^[\w-]+$/.test(name));
  return [...own, ...additional]
    .filter(([, definition]) => isObject(definition.value))
    .map(([name, definition]) => ({ method: name.toLowerCase(), path, item, definition }));
}

/** A Path Item Object; what stands beside its `$ref` wins. */
function readPathItem(document: ContractDocument, located: Located): Located<JsonObject> {
  const parts = [...chain(document, located)].filter((part): part is Located<JsonObject> =>
    isObject(part.value),
  );
  const [first = { value: {}, pointer: located.pointer }] = parts;
  if (parts.length < 2) return first;
  const last = parts.at(-1) ?? first;
  const { $ref: _followed, ...merged } = Object.assign({}, ...parts.toReversed().map(({ value }) => value));
  return { value: merged, pointer: last.pointer };
}

/** Reads one operation out of its document. */
export function readOperation(document: ContractDocument, entry: OperationEntry): Operation {
  const { method, path, item, definition } = entry;
  const operation = dereference(document, definition);
  checkFields(document, operation, "Operation Object");
  const { value, pointer } = operation;
  const operationId = text(document, operation, "operationId");
  const body = member(operation, "requestBody");
  const responses = readResponses(document, member(operation, "responses"));
  if (value.responses === undefined && document.version === "3.0") {
    document.report(pointer, `${pointer} has no "responses": add it.`);
  }
  return {
    document,
    method,
    path,
    ...(operationId !== undefined && { operationId }),
    id: operationId ?? `${method.toUpperCase()} ${path}`,
    deprecated: value.deprecated === true,
    parameters: readParameters(document, [item, operation]),
    ...(body && { requestBody: readRequestBody(document, body) }),
    responses,
    choosesByRequest: responses.some(({ contents }) => contents.some(({ examples }) => examples.length > 1)),
    security: readSecurity(document, operation),
    callbacks: members(member(operation, "callbacks")).flatMap(([name, callback]) =>
      members(follow(document, callback)).map(([expression, target]) => ({
        name,
        expression,
        item: dereference(document, target),
      })),
    ),
    pointer,
  };
}

/** The name of what a pointer leads to. */
function nameAt(pointer: string): string {
  return fragmentTokens(pointer).at(-1) ?? pointer;
}

/** An operation's requirements, else the document's. Schemes that are not defined are told of. */
function readSecurity(document: ContractDocument, operation: Located): SecurityRequirement[] {
  const root = { value: document.root, pointer: "#" };
  const holder = member(operation, "security") === undefined ? root : operation;
  const components = { value: objectAt(document.root, "components"), pointer: "#/components" };
  const schemes = member(components, "securitySchemes") ?? { value: {}, pointer: "#" };
  return elements(list(document, holder, "security")).map((requirement) =>
    members(requirement).map(([written, scopes]) => {
      const named = member(schemes, written);
      // OpenAPI 3.2 takes a URI, too; a name comes before it.
      const scheme = named ?? document.at(written);
      const name = named === undefined && scheme !== undefined ? nameAt(written) : written;
      if (scheme === undefined) {
        document.report(
          requirement.pointer,
          `${requirement.pointer} asks for the security scheme "${name}": define it in components.securitySchemes.`,
          true,
        );
      }
      return {
        name,
        scopes: elements(scopes).map(({ value }) => String(value)),
        scheme: scheme && dereference(document, scheme).value,
      };
    }),
  );
}
