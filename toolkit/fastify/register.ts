import type { FastifyInstance, FastifyRequest } from "fastify";
import { basePath } from "../openapi/base-path.ts";
import { Coercions } from "../openapi/coercion.ts";
import { ContractDocument, type OpenApiDocument } from "../openapi/document.ts";
import type { Problem } from "../openapi/errors.ts";
import { loadDocument, readDocument } from "../openapi/load-document.ts";
import { normalPath } from "../openapi/path-template.ts";
import { isSwagger } from "../openapi/swagger.ts";
import { addBodyParsers } from "./body-parsers.ts";
import type { ResponseViolationError } from "./errors.ts";
import type { Handlers } from "./handler.ts";
import type { ItemStream } from "./item-stream.ts";
import { refuseOtherMethods } from "./method-not-allowed.ts";
import { compileRoute, principalKey } from "./route.ts";
import { routePath } from "./route-path.ts";
import { addRoutes, type Route } from "./routes.ts";
import { type Formats, Schemas } from "./schemas.ts";
import { checkSecurityHandlers, type SecurityHandlers } from "./security.ts";
import { checkHandlers, handlerOf, notImplemented, servedOperations } from "./served-operations.ts";

export interface ContractOptions<Operations, Principal> {
  /**
   * The contract, OpenAPI 3: as an object in one piece, as the path or URL of a file, which may refer to others, or as
   * `loadDocument` has read it.
   */
  readonly document: OpenApiDocument | ContractDocument | string | URL;
  /**
   * One for each operation, by operationId, or as `"GET /path"` where there is none; of several objects by
   * `combineHandlers`. Those that were written for fastify-openapi-glue are taken as they are: `...glueHandlers(service)`.
   */
  readonly handlers: Handlers<Operations, Principal>;
  /** One for each security scheme that an operation asks for, by the scheme's name. */
  readonly securityHandlers: SecurityHandlers<Principal>;
  /** Before every path. @default the path of the URL of the document's first server */
  readonly prefix?: string;
  /**
   * Checks for `format`s beyond those of ajv-formats; `"ignore"` leaves those that nothing checks unchecked.
   * @default a format that nothing checks is refused
   */
  readonly formats?: Formats | "ignore";
  /**
   * Serves whatever of the document can be served, and says what it does not check: what strictly is refused at the
   * start is left out or let through. `readOnly` properties may be sent, operations without a handler answer 501.
   * @default false
   */
  readonly lenient?: boolean;
  /**
   * Whether a DELETE without a body in the contract may bring up to 1 KiB of JSON, which is read and ignored: RFC 9110
   * §9.3.5 gives it no meaning, and some clients send `{}`. @default false: 415, as for every other method
   */
  readonly ignoreDeleteContent?: boolean;
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
 * `routerOptions.maxParamLength` (100) are 414, and malformed percent-encoding in a path is a 400 of Fastify's own
 * that goes to `frameworkErrors`.
 *
 * @returns where it is `lenient`, what is not checked, or not served, each with its place
 * @throws ContractSetupError where the document, the handlers and the server do not fit together: all of it at once
 */
export async function registerContract<Operations, Principal>(
  app: FastifyInstance,
  options: ContractOptions<Operations, Principal>,
): Promise<readonly Problem[]> {
  const { handlers, securityHandlers, onResponseViolation, formats = {}, lenient = false } = options;
  const document = await readContract(options.document, !lenient);
  const operations = servedOperations(document);
  checkHandlers(document, operations, handlers);
  checkSecurityHandlers(document, operations, securityHandlers);
  const schemaOptions = { formats, allowsForbidden: lenient };
  const requestSchemas = new Schemas(document, "request", schemaOptions);
  const coercions = new Coercions(
    document,
    (schema, value) => requestSchemas.compile(schema)(value) === true,
  );
  const compilation = {
    coercions,
    requestSchemas,
    responseSchemas: new Schemas(document, "response", schemaOptions),
    securityHandlers,
    ignoresDeleteContent: options.ignoreDeleteContent ?? false,
    reportViolation: onResponseViolation ?? throwViolation,
    eventStreams: new Set<ItemStream>(),
  };
  const routes = operations.flatMap((operation): Route[] => {
    const path = routePath(operation);
    const handler = handlerOf(handlers, operation.id) ?? notImplemented;
    const route = compileRoute(operation, handler, compilation);
    return path === undefined ? [] : [{ operation, path, route }];
  });
  const prefix = options.prefix ?? normalPath(basePath(document));
  await app.register(async (scope) => {
    addBodyParsers(scope, document, operations, coercions);
    await document.refuse();
    scope.decorateRequest(principalKey, undefined);
    // Events have no end of their own, and who listens asks again; a server that stops would wait for them.
    scope.addHook("preClose", (done) => {
      for (const stream of compilation.eventStreams) stream.finish();
      done();
    });
    await addRoutes(scope, routes, prefix);
    await scope.register(async (unlisted) => refuseOtherMethods(unlisted, methodsByUrl(routes)), { prefix });
  });
  return document.locate();
}

async function readContract(document: unknown, strict: boolean): Promise<ContractDocument> {
  const isNamed = typeof document === "string" || document instanceof URL;
  return isNamed || document instanceof ContractDocument || isSwagger(document)
    ? loadDocument(document, { strict })
    : readDocument(document, { strict });
}

function methodsByUrl(routes: readonly Route[]): Map<string, string[]> {
  const byUrl = new Map<string, { url: string; methods: string[] }>();
  for (const { operation, path } of routes) {
    const shape = path.replaceAll(/\{\w+\}/g, "{}");
    const known = byUrl.get(shape) ?? { url: path.replaceAll(/\{(\w+)\}/g, ":$1"), methods: [] };
    known.methods.push(operation.method.toUpperCase());
    byUrl.set(shape, known);
  }
  return new Map([...byUrl.values()].map(({ url, methods }) => [url, methods]));
}

function throwViolation(error: ResponseViolationError): never {
  throw error;
}
