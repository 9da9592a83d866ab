import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { basePath } from "../openapi/base-path.ts";
import { Coercions } from "../openapi/coercion.ts";
import { ContractDocument, loadDocument, type OpenApiDocument, readDocument } from "../openapi/document.ts";
import type { Operation } from "../openapi/operation.ts";
import { listOperations, readOperation } from "../openapi/read-operation.ts";
import { dereference } from "../openapi/reference.ts";
import { addBodyParsers } from "./body-parsers.ts";
import type { ResponseViolationError } from "./errors.ts";
import type { Handlers } from "./handler.ts";
import { refuseOtherMethods } from "./method-not-allowed.ts";
import { compileRoute, principalKey, type UntypedHandler } from "./route.ts";
import { routePath } from "./route-path.ts";
import { addRoutes } from "./routes.ts";
import { type Formats, Schemas } from "./schemas.ts";
import { checkSecurityHandlers, type SecurityHandlers } from "./security.ts";

export interface ContractOptions<Operations, Principal> {
  /**
   * The contract, OpenAPI 3: as an object in one piece, as the path or URL of a file, which may refer to others, or as
   * `loadDocument` has read it.
   */
  readonly document: OpenApiDocument | ContractDocument | string | URL;
  /** One for each operation, by operationId. */
  readonly handlers: Handlers<Operations, Principal>;
  /** One for each security scheme that an operation asks for, by the scheme's name. */
  readonly securityHandlers: SecurityHandlers<Principal>;
  /** Before every path. @default the path of the URL of the document's first server */
  readonly prefix?: string;
  /** Checks for `format`s beyond those of ajv-formats. A format that nothing checks is refused. */
  readonly formats?: Formats;
  /**
   * Is told of answers that break the contract, which are then sent as they are.
   * @default the caller gets 500 instead, as a ResponseViolationError
   */
  readonly onResponseViolation?: (error: ResponseViolationError, request: FastifyRequest) => void;
}

/**
 * Adds a route for every operation of an OpenAPI document, which lets through what the contract allows and nothing else.
 * In this order a request is refused with: MethodNotAllowedError; what its security handler throws, before any body is
 * read; UnsupportedMediaTypeError; MalformedBodyError; InvalidRequestError. The application's error handler makes
 * answers of them. Register parsers for media types other than JSON (`@fastify/formbody`) before.
 *
 * The application keeps two things of Fastify in its hand that no plugin can set: path parameters longer than
 * `routerOptions.maxParamLength` (100) are 404, and malformed percent-encoding in a path is a 400 of Fastify's own
 * that goes to `frameworkErrors`.
 *
 * @throws ContractSetupError where the document, the handlers and the server do not fit together
 */
export async function registerContract<Operations, Principal>(
  app: FastifyInstance,
  options: ContractOptions<Operations, Principal>,
): Promise<void> {
  const { handlers, securityHandlers, onResponseViolation, formats = {} } = options;
  const document = await readContract(options.document);
  const operations = readOperations(document);
  checkHandlers(document, operations, handlers);
  checkSecurityHandlers(document, operations, securityHandlers);
  const requestSchemas = new Schemas(document, "request", { formats });
  const compilation = {
    coercions: new Coercions(document, (schema, value) => requestSchemas.compile(schema)(value) === true),
    requestSchemas,
    responseSchemas: new Schemas(document, "response", { formats }),
    securityHandlers,
    reportViolation: onResponseViolation ?? throwViolation,
  };
  const paths = new Map<Operation, string>();
  const routes = new Map<string, Partial<RouteOptions>>();
  for (const operation of operations) {
    const path = routePath(operation);
    if (path !== undefined) paths.set(operation, path);
    const handler = (handlers as Record<string, unknown>)[operation.id] as UntypedHandler;
    routes.set(operation.id, compileRoute(operation, handler, compilation));
  }
  const prefix = options.prefix ?? basePath(document);
  await app.register(async (scope) => {
    addBodyParsers(scope, document, operations);
    await document.refuse();
    scope.decorateRequest(principalKey, undefined);
    await addRoutes(scope, paths, routes, prefix);
    await scope.register(async (unlisted) => refuseOtherMethods(unlisted, methodsByUrl(paths)), { prefix });
  });
}

async function readContract(document: unknown): Promise<ContractDocument> {
  if (document instanceof ContractDocument) return document;
  const options = { strict: true };
  return typeof document === "string" || document instanceof URL
    ? loadDocument(document, options)
    : readDocument(document, options);
}

/** HEAD before GET: Fastify would otherwise have made a HEAD route of the GET by then. */
const methods = ["head", "get", "put", "post", "delete", "options", "patch"];

function readOperations(document: ContractDocument): Operation[] {
  const operations: Operation[] = [];
  for (const entry of listOperations(document)) {
    const { method, item, definition } = entry;
    if (method === "trace")
      document.report(
        definition.pointer,
        `${definition.pointer}: Fastify has no TRACE: remove the operation.`,
      );
    for (const { value, pointer } of [item, dereference(document, definition)]) {
      if (value.servers === undefined) continue;
      document.report(
        pointer,
        `${pointer}/servers: servers are read at the top of the document only: move them there.`,
      );
    }
    const operation = readOperation(document, entry);
    if (operation.operationId === undefined) {
      document.report(
        operation.pointer,
        `${operation.pointer} has no operationId: name it, so that it has a handler.`,
      );
    }
    if (operation.requestBody !== undefined && (method === "get" || method === "head")) {
      document.report(
        operation.pointer,
        `${operation.pointer}/requestBody: HTTP gives a body on ${method.toUpperCase()} no meaning: remove it.`,
      );
    }
    operations.push(operation);
  }
  return operations.toSorted((a, b) =>
    a.path === b.path ? methods.indexOf(a.method) - methods.indexOf(b.method) : 0,
  );
}

function methodsByUrl(paths: ReadonlyMap<Operation, string>): Map<string, string[]> {
  const byUrl = new Map<string, string[]>();
  for (const [{ method }, template] of paths) {
    const url = template.replaceAll(/\{(\w+)\}/g, ":$1");
    byUrl.set(url, [...(byUrl.get(url) ?? []), method.toUpperCase()]);
  }
  return byUrl;
}

function checkHandlers(document: ContractDocument, operations: readonly Operation[], handlers: object): void {
  const ids = new Set<string>();
  const templates = new Map<string, string>();
  for (const { id, path, pointer } of operations) {
    if (ids.has(id)) {
      document.report(pointer, `${pointer} has the operationId "${id}" of another: rename one.`);
    } else if (
      !Object.hasOwn(handlers, id) ||
      typeof (handlers as Record<string, unknown>)[id] !== "function"
    ) {
      document.report(pointer, `The operation "${id}" has no handler: add one to handlers.`);
    }
    ids.add(id);
    const shape = path.replaceAll(/\{[^{}]*\}/g, "{}");
    const other = templates.get(shape) ?? path;
    if (other !== path) {
      document.report(pointer, `"${path}" and "${other}" match the same requests: remove one.`);
    }
    templates.set(shape, path);
  }
  for (const id of Object.keys(handlers)) {
    if (ids.has(id)) continue;
    document.report("#/paths", `handlers has "${id}", which is no operation: correct or remove it.`);
  }
}

function throwViolation(error: ResponseViolationError): never {
  throw error;
}
