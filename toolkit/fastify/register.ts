import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { basePath } from "../openapi/base-path.ts";
import { Coercions } from "../openapi/coercion.ts";
import { ContractSetupError } from "../openapi/errors.ts";
import type { Operation } from "../openapi/operation.ts";
import { readOperations } from "../openapi/read-operation.ts";
import type { OpenApiDocument } from "../openapi/reference.ts";
import { addBodyParsers } from "./body-parsers.ts";
import type { ResponseViolationError } from "./errors.ts";
import type { Handlers } from "./handler.ts";
import { refuseOtherMethods } from "./method-not-allowed.ts";
import { compileRoute, principalKey, type UntypedHandler } from "./route.ts";
import { type RoutePath, routePath } from "./route-path.ts";
import { addRoutes } from "./routes.ts";
import { type Formats, Schemas } from "./schemas.ts";
import { checkSecurityHandlers, type SecurityHandlers } from "./security.ts";

export interface ContractOptions<Operations, Principal> {
  /** The contract: OpenAPI 3.0 or 3.1 in one piece. */
  readonly document: OpenApiDocument;
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
  const { document, handlers, securityHandlers, onResponseViolation } = options;
  const operations = readOperations(document);
  checkHandlers(operations, handlers);
  checkSecurityHandlers(document, operations, securityHandlers);
  const compilation = {
    document,
    coercions: new Coercions(document),
    requestSchemas: new Schemas(document, "request", options.formats),
    responseSchemas: new Schemas(document, "response", options.formats),
    securityHandlers,
    reportViolation: onResponseViolation ?? throwViolation,
  };
  const paths = new Map(operations.map((operation) => [operation, routePath(operation)]));
  const routes = new Map<string, Partial<RouteOptions>>();
  for (const [operation, path] of paths) {
    const handler = handlers[operation.id as keyof Operations] as unknown as UntypedHandler;
    routes.set(operation.id, compileRoute(operation, path, handler, compilation));
  }
  const prefix = options.prefix ?? basePath(document);
  await app.register(async (scope) => {
    addBodyParsers(scope, operations);
    scope.decorateRequest(principalKey, undefined);
    await addRoutes(scope, paths, routes, prefix);
    await scope.register(async (unlisted) => refuseOtherMethods(unlisted, methodsByUrl(paths)), { prefix });
  });
}

function methodsByUrl(paths: ReadonlyMap<Operation, RoutePath>): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const [{ method }, { template }] of paths) {
    const url = template.replaceAll(/\{(\w+)\}/g, ":$1");
    methods.set(url, [...(methods.get(url) ?? []), method]);
  }
  return methods;
}

function checkHandlers(operations: readonly Operation[], handlers: object): void {
  const ids = new Set<string>();
  const templates = new Map<string, string>();
  for (const { id, path, pointer } of operations) {
    if (ids.has(id))
      throw new ContractSetupError(`${pointer} has the operationId "${id}" of another: rename one.`);
    ids.add(id);
    if (!Object.hasOwn(handlers, id) || typeof (handlers as Record<string, unknown>)[id] !== "function") {
      throw new ContractSetupError(`The operation "${id}" has no handler: add one to handlers.`);
    }
    const shape = path.replaceAll(/\{[^{}]*\}/g, "{}");
    const other = templates.get(shape) ?? path;
    if (other !== path)
      throw new ContractSetupError(`"${path}" and "${other}" match the same requests: remove one.`);
    templates.set(shape, path);
  }
  for (const id of Object.keys(handlers)) {
    if (!ids.has(id))
      throw new ContractSetupError(`handlers has "${id}", which is no operation: correct or remove it.`);
  }
}

function throwViolation(error: ResponseViolationError): never {
  throw error;
}
