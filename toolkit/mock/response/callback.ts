import { stringifyExact } from "../../openapi/exact-integers.ts";
import type { Operation } from "../../openapi/operation.ts";
import { listCallback, readOperation } from "../../openapi/read-operation.ts";
import { valueAt } from "../../openapi/reference.ts";
import { staticValue } from "../generation/generation.ts";
import { serialize } from "./serialize.ts";

/** An exchange that callbacks refer to in their runtime expressions. */
export interface CallbackContext {
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly query: URLSearchParams;
    readonly path: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
}

/** What became of a callback: a status, or the reason it could not be sent. */
export interface CallbackResult {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly outcome: string;
}

/** How long the receiver of a callback may take, in milliseconds. */
const LONGEST_CALLBACK = 10_000;

/** Sends every callback of an operation. Never rejects: a receiver that is down is a result. */
export function sendCallbacks(operation: Operation, context: CallbackContext): Promise<CallbackResult>[] {
  return callbacksOf(operation).map(({ name, callback }) =>
    send(name, callback, resolveExpressions(callback.path, context)),
  );
}

interface NamedCallback {
  readonly name: string;
  /** Its path is the runtime expression of the URL. */
  readonly callback: Operation;
}

const callbacks = new WeakMap<Operation, readonly NamedCallback[]>();

/** Read once: each reading compiles its schemas anew, and the compiler keeps every schema it has seen. */
function callbacksOf(operation: Operation): readonly NamedCallback[] {
  let known = callbacks.get(operation);
  if (!known) {
    const { document } = operation;
    known = operation.callbacks.flatMap((callback) =>
      listCallback(document, callback)
        .filter(({ method }) => /^(get|put|post|delete|patch|options)$/.test(method))
        .map((entry) => ({ name: callback.name, callback: readOperation(document, entry) })),
    );
    callbacks.set(operation, known);
  }
  return known;
}

async function send(name: string, callback: Operation, url: string): Promise<CallbackResult> {
  const method = callback.method.toUpperCase();
  const [content] = callback.requestBody?.contents ?? [];
  const example = content?.examples[0]?.value;
  const value = example ?? (content?.schema && staticValue(content.schema));
  const body = content && serialize(value, content.mediaType, content.schema);
  const headers: Record<string, string> = content ? { "content-type": content.mediaType } : {};
  for (const header of callback.parameters.header) {
    const text = header.examples[0]?.value ?? (header.schema && staticValue(header.schema));
    if (text !== undefined && text !== null) headers[header.name] = String(text);
  }
  try {
    const signal = AbortSignal.timeout(LONGEST_CALLBACK);
    const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
    await response.body?.cancel();
    return { name, method, url, outcome: `answered ${response.status}` };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { name, method, url, outcome: `failed: ${cause}` };
  }
}

/** Fills `{$request.body#/callbackUrl}` and its like (OpenAPI 3.1, section 4.8.20.4) into a URL. */
function resolveExpressions(template: string, context: CallbackContext): string {
  if (template.startsWith("$")) return resolveExpression(template, context);
  return template.replace(/\{(\$[^{}]+)\}/g, (_, expression: string) =>
    resolveExpression(expression, context),
  );
}

function resolveExpression(expression: string, context: CallbackContext): string {
  if (expression === "$url") return context.url;
  if (expression === "$method") return context.method.toUpperCase();
  if (expression === "$statusCode") return String(context.status);
  const [, side, place, name = ""] =
    /^\$(request|response)\.(header|query|path|body)[.#]?(.*)$/.exec(expression) ?? [];
  if (side === undefined) return "";
  const { request, response } = context;
  if (place === "body") return text(valueAt((side === "request" ? request : response).body, `#${name}`));
  if (place === "header") return text((side === "request" ? request : response).headers[name.toLowerCase()]);
  return text(place === "query" ? request.query.get(name) : request.path[name]);
}

function text(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? stringifyExact(value)
      : String(value);
}
