import type { JsonObject, Located, OpenApiDocument } from "./document.ts";
import { asArray, asObject, asString, dereference, member, members } from "./document.ts";
import { ContractSetupError } from "./errors.ts";
import { checkFields } from "./fields.ts";

export type ParameterPlace = "path" | "query" | "header" | "cookie";

export interface Parameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly style: string;
  readonly explode: boolean;
  readonly description: string | undefined;
  readonly schema: Located;
  /** The parameter is a document of this media type (`content`) and not of a style. */
  readonly mediaType: string | undefined;
  readonly pointer: string;
}

export interface RequestBody {
  readonly required: boolean;
  /** By media type or range; without a schema anything goes. */
  readonly content: ReadonlyMap<string, Located | undefined>;
  readonly pointer: string;
}

export interface ResponseHeader {
  /** As the contract spells it. */
  readonly name: string;
  readonly required: boolean;
  readonly schema: Located;
}

export interface Response {
  readonly headers: readonly ResponseHeader[];
  readonly content: ReadonlyMap<string, Located | undefined>;
  readonly pointer: string;
}

/** Scopes by the name of the security scheme; all must hold. Empty: anonymous callers are let in. */
export type SecurityRequirement = ReadonlyMap<string, readonly string[]>;

export interface Operation {
  readonly id: string;
  /** Upper-case, as on the wire. */
  readonly method: string;
  /** The path template, without the servers' base path. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody: RequestBody | undefined;
  /** By `200`, `4XX`, `default`. */
  readonly responses: ReadonlyMap<string, Response>;
  /** Alternatives, in the contract's order; none: anonymous callers are let in. */
  readonly security: readonly SecurityRequirement[];
  readonly pointer: string;
}

/** HEAD before GET: Fastify would otherwise have made a HEAD route of the GET by then. */
const methods = ["head", "get", "put", "post", "delete", "options", "patch"] as const;

const defaultStyle = { path: "simple", query: "form", header: "simple", cookie: "form" } as const;

/** Header parameters of these names are ignored (OpenAPI 3.1.1 §4.8.12.2.1). */
const ignoredHeaders = new Set(["accept", "content-type", "authorization"]);

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
  const responses = asObject(required(operation, "responses"));
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

function readParameters(document: OpenApiDocument, list: Located | undefined): Parameter[] {
  if (list === undefined) return [];
  const parameters = members(asArray(list)).map(([, item]) => readParameter(document, item));
  const seen = new Set<string>();
  for (const parameter of parameters) {
    const key = parameterKey(parameter);
    if (seen.has(key)) {
      throw new ContractSetupError(
        `${parameter.pointer} declares the ${parameter.in} parameter "${parameter.name}" again: remove one.`,
      );
    }
    seen.add(key);
  }
  return parameters.filter(
    ({ in: place, name }) => place !== "header" || !ignoredHeaders.has(name.toLowerCase()),
  );
}

function readParameter(document: OpenApiDocument, item: Located): Parameter {
  const parameter = dereference(document, item);
  checkFields(parameter, "Parameter Object");
  const place = asString(required(parameter, "in"));
  if (!Object.hasOwn(defaultStyle, place)) {
    throw new ContractSetupError(`${parameter.pointer}/in must be path, query, header or cookie.`);
  }
  const isRequired = parameter.value.required === true;
  if (place === "path" && !isRequired) {
    throw new ContractSetupError(`${parameter.pointer} is a path parameter: it must say "required: true".`);
  }
  const style = asString(
    member(parameter, "style") ?? { value: defaultStyle[place as ParameterPlace], pointer: "" },
  );
  return {
    name: asString(required(parameter, "name")),
    in: place as ParameterPlace,
    required: isRequired,
    style,
    explode: typeof parameter.value.explode === "boolean" ? parameter.value.explode : style === "form",
    description: typeof parameter.value.description === "string" ? parameter.value.description : undefined,
    ...readSchemaOrContent(document, parameter),
    pointer: parameter.pointer,
  };
}

/** A parameter or header has either a `schema` or a `content` with one media type. */
function readSchemaOrContent(document: OpenApiDocument, parameter: Located<JsonObject>) {
  const schema = member(parameter, "schema");
  const content = member(parameter, "content");
  if ((schema === undefined) === (content === undefined)) {
    throw new ContractSetupError(`${parameter.pointer} must have either a schema or a content.`);
  }
  if (content === undefined) return { schema: schema as Located, mediaType: undefined };
  const [entry, ...others] = readContent(document, content);
  if (entry === undefined || others.length > 0 || entry[1] === undefined) {
    throw new ContractSetupError(`${content.pointer} must have one media type, with a schema.`);
  }
  return { schema: entry[1], mediaType: entry[0] };
}

function readRequestBody(document: OpenApiDocument, item: Located): RequestBody {
  const body = dereference(document, item);
  checkFields(body, "Request Body Object");
  const content = readContent(document, required(body, "content"));
  if (content.size === 0) {
    throw new ContractSetupError(`${body.pointer}/content names no media type: name one or remove the body.`);
  }
  return { required: body.value.required === true, content, pointer: body.pointer };
}

function readResponse(document: OpenApiDocument, status: string, item: Located): Response {
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

function readContent(document: OpenApiDocument, located: Located): Map<string, Located | undefined> {
  const content = new Map<string, Located | undefined>();
  for (const [mediaType, item] of members(asObject(located))) {
    const declared = dereference(document, item);
    checkFields(declared, "Media Type Object");
    content.set(mediaType, member(declared, "schema"));
  }
  return content;
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

function required(object: Located<JsonObject>, field: string): Located {
  const found = member(object, field);
  if (found === undefined) throw new ContractSetupError(`${object.pointer} has no "${field}": add it.`);
  return found;
}

function refuse(object: Located<JsonObject>, field: string, reason: string): void {
  const found = member(object, field);
  if (found !== undefined) throw new ContractSetupError(`${found.pointer}: ${reason}`);
}

function parameterKey(parameter: Parameter): string {
  const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
  return `${parameter.in} ${name}`;
}
