import type { ContractDocument } from "../openapi/document.ts";
import type { Operation } from "../openapi/operation.ts";
import { listCallback, listOperations, listWebhooks, readOperation } from "../openapi/read-operation.ts";
import { dereference } from "../openapi/reference.ts";
import { RequestError } from "./errors.ts";
import { GlueHandler } from "./glue-handler.ts";
import type { UntypedHandler } from "./route.ts";

/** HEAD before GET: Fastify would otherwise have made a HEAD route of the GET by then. */
const methods = ["head", "get", "query", "put", "post", "delete", "options", "patch"];

/** What a lenient reading answers for an operation that has no handler. */
class NotImplementedError extends RequestError {
  override readonly name = "NotImplementedError";
  readonly statusCode = 501;
}

/** Reads the operations that can be served. What keeps one from being served as it is written is told. */
export function servedOperations(document: ContractDocument): Operation[] {
  const operations: Operation[] = [];
  const ids = new Set<string>();
  for (const entry of listOperations(document)) {
    const { method, item, definition } = entry;
    if (method === "trace" || method === "connect") {
      const { pointer } = definition;
      document.report(pointer, `${pointer}: Fastify has no ${method.toUpperCase()}: remove the operation.`);
      continue;
    }
    for (const { value, pointer } of [item, dereference(document, definition)]) {
      if (value.servers === undefined) continue;
      document.report(
        pointer,
        `${pointer}/servers: servers are read at the top of the document only: move them there.`,
      );
    }
    const read = readOperation(document, entry);
    const { pointer } = read;
    const isRepeated = ids.has(read.id);
    if (isRepeated)
      document.report(pointer, `${pointer} has the operationId "${read.id}" of another: rename one.`);
    const id = isRepeated ? `${method.toUpperCase()} ${entry.path}` : read.id;
    ids.add(id);
    operations.push(withoutMeaninglessBody({ ...read, id }));
  }
  return operations.toSorted((a, b) =>
    a.path === b.path ? methods.indexOf(a.method) - methods.indexOf(b.method) : 0,
  );
}

/** OpenAPI 3.0 has a body on GET ignored; 3.1 says that it has no meaning. */
function withoutMeaninglessBody(operation: Operation): Operation {
  const { document, method, pointer, requestBody, ...rest } = operation;
  if (requestBody === undefined || (method !== "get" && method !== "head")) return operation;
  if (document.version !== "3.0") {
    document.report(
      pointer,
      `${pointer}/requestBody: HTTP gives a body on ${method.toUpperCase()} no meaning: remove it.`,
    );
  }
  return { ...rest, document, method, pointer };
}

/** Tells of operations without a handler, handlers without an operation, and paths that match the same requests. */
export function checkHandlers(
  document: ContractDocument,
  operations: readonly Operation[],
  handlers: object,
): void {
  const templates = new Map<string, string>();
  for (const { id, operationId, path, pointer } of operations) {
    if (handlerOf(handlers, id) === undefined) {
      const reason =
        operationId === undefined
          ? `${pointer} has no operationId: name it, or give its handler as "${id}".`
          : `The operation "${id}" has no handler: add one to handlers.`;
      document.report(pointer, reason);
    }
    const shape = path.replaceAll(/\{[^{}]*\}/g, "{}");
    const other = templates.get(shape) ?? path;
    if (other !== path)
      document.report(pointer, `"${path}" and "${other}" match the same requests: remove one.`);
    templates.set(shape, path);
  }
  const known = new Set([...operations.map(({ id }) => id), ...sentOperations(document, operations)]);
  for (const [id, handler] of Object.entries(handlers)) {
    // A service's helpers are no handlers.
    if (known.has(id) || handler instanceof GlueHandler) continue;
    document.report("#/paths", `handlers has "${id}", which is no operation: correct or remove it.`);
  }
}

/** Webhooks and callbacks: generated types list them with the others, and they are sent rather than served. */
function sentOperations(document: ContractDocument, operations: readonly Operation[]): string[] {
  const callbacks = operations.flatMap((operation) =>
    operation.callbacks.flatMap((callback) => listCallback(document, callback)),
  );
  return [...listWebhooks(document), ...callbacks].map((entry) => readOperation(document, entry).id);
}

/** A handler that is there, and not what every object inherits. */
export function handlerOf(handlers: object, id: string): UntypedHandler | undefined {
  const handler = Object.hasOwn(handlers, id) ? (handlers as Record<string, unknown>)[id] : undefined;
  if (handler instanceof GlueHandler)
    return (input, { request }, reply) => handler.answer(input, request, reply);
  return typeof handler === "function" ? (handler as UntypedHandler) : undefined;
}

export function notImplemented(): never {
  throw new NotImplementedError("This operation is not implemented.");
}
