import { stringifyExact } from "../../openapi/exact-integers.ts";
import type { Operation } from "../../openapi/operation.ts";
import { listCallback, readOperation } from "../../openapi/read-operation.ts";
import { type Exchange, fillExpressions } from "../../openapi/runtime-expression.ts";
import { staticValue } from "../generation/generation.ts";
import { serialize } from "./serialize.ts";

/** What became of a callback: a status, or the reason it could not be sent. */
export interface CallbackResult {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly outcome: string;
}

/** How long the receiver of a callback may take, in milliseconds. */
const longestCallback = 10_000;

/** Sends every callback of an operation. Never rejects: a receiver that is down is a result. */
export function sendCallbacks(operation: Operation, exchange: Exchange): Promise<CallbackResult>[] {
  return callbacksOf(operation).map(({ name, callback }) =>
    send(name, callback, fillExpressions(callback.path, exchange, text)),
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
    const signal = AbortSignal.timeout(longestCallback);
    const response = await fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
    await response.body?.cancel();
    return { name, method, url, outcome: `answered ${response.status}` };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { name, method, url, outcome: `failed: ${cause}` };
  }
}

function text(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? stringifyExact(value)
      : String(value);
}
