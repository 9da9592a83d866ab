import type { ContractDocument } from "../openapi/document.ts";
import { DocumentError } from "../openapi/errors.ts";
import { isObject, type JsonObject } from "../openapi/json.ts";
import { loadDocument } from "../openapi/load-document.ts";
import type { Exchange } from "./exchange.ts";
import { Mocker } from "./mocker.ts";
import type { MockOptions } from "./options.ts";
import type { CallbackResult } from "./response/callback.ts";
import type { Certificate } from "./transport/certificate.ts";
import { fromFetchRequest, toFetchResponse } from "./transport/fetch-adapter.ts";
import { type Listening, listen } from "./transport/http-server.ts";

export { DocumentError } from "../openapi/errors.ts";
export type { MockOptions } from "./options.ts";

/** Where a mock listens, and whom it tells what it does. */
export interface CreateMockOptions extends MockOptions {
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0: any free port; false: none, only `fetch()` answers. @default 0 */
  readonly port?: number | false;
  /** Serves HTTPS with it. @default plain HTTP */
  readonly certificate?: Certificate;
  readonly onExchange?: (exchange: Exchange, milliseconds: number) => void;
  readonly onCallback?: (result: CallbackResult) => void;
}

/** A request that a mock has seen, and what became of it. */
export interface SeenRequest {
  /** In upper case. */
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, text otherwise; undefined where there was none. */
  readonly body: unknown;
  readonly operationId: string | undefined;
  /** The status that was answered. */
  readonly status: number;
  /** Why. */
  readonly reason: string;
  /** How the request broke its contract, one sentence each. */
  readonly violations: readonly string[];
}

/** A mock server, running. */
export interface Mock {
  /** `http://127.0.0.1:41234`. Without a port it only serves as the base of relative URLs given to `fetch()`. */
  readonly url: string;
  /** Answers without a port. Takes what the global `fetch` takes, and paths: `mock.fetch("/pets")`. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** The last requests seen, oldest first; at most 1,000. */
  readonly requests: readonly SeenRequest[];
  readonly documents: readonly ContractDocument[];
  readonly operations: readonly { readonly method: string; readonly path: string }[];
  /**
   * Reads the documents again. Remembered state stays where they say the same of it.
   *
   * @throws DocumentError and goes on with the last good ones
   */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const mostRequests = 1_000;
/** `https`: clients refuse to send a token by plain HTTP to another machine. */
const withoutPort = "https://mock.invalid";

/**
 * Mocks one OpenAPI document, or several at once.
 *
 * @param source paths, `http(s)` URLs, or documents as objects
 * @throws DocumentError a document that cannot be mocked
 * @example
 * const mock = await createMock("openapi.yaml", { stateful: true });
 * const response = await mock.fetch("/pets");
 */
export async function createMock(
  source: string | JsonObject | readonly (string | JsonObject)[],
  options: CreateMockOptions = {},
): Promise<Mock> {
  const sources = Array.isArray(source)
    ? (source as (string | JsonObject)[])
    : [source as string | JsonObject];
  const recent: Exchange[] = [];
  let count = 0;
  let documents = await load(sources, options);
  const mocker = new Mocker(documents, options, {
    onExchange(exchange, milliseconds) {
      // Bodies that were answered are of no more use here, and many of them fill the memory.
      recent[count++ % mostRequests] = { ...exchange, answer: { ...exchange.answer, body: undefined } };
      options.onExchange?.(exchange, milliseconds);
    },
    ...(options.onCallback && { onCallback: options.onCallback }),
  });
  const listening = await listenUnlessRefused(mocker, options);
  const url = listening?.url ?? withoutPort;
  return {
    url,
    get requests() {
      const oldest = count > mostRequests ? count % mostRequests : 0;
      return [...recent.slice(oldest), ...recent.slice(0, oldest)].map(seen);
    },
    get documents() {
      return documents;
    },
    get operations() {
      return mocker.operations;
    },
    async fetch(input, init) {
      // One that is whole is read and not copied: that of a framework may be a Proxy, which Node's own cannot copy.
      const request =
        input instanceof Request && init === undefined
          ? input
          : new Request(input instanceof Request ? input : new URL(input, url), init);
      return toFetchResponse(await mocker.answer(await fromFetchRequest(request), url));
    },
    async reload() {
      const loaded = await load(sources, options);
      const known = documents.flatMap(({ unreadable }) => unreadable);
      const broken = loaded.flatMap(({ unreadable }) => unreadable).find((one) => !known.includes(one));
      if (broken !== undefined) throw new DocumentError(broken, frameOf(loaded, broken));
      documents = loaded;
      mocker.replaceDocuments(loaded);
    },
    close: async () => listening?.close(),
  };
}

async function load(
  sources: readonly (string | JsonObject)[],
  { crossOriginRefs = false }: MockOptions,
): Promise<ContractDocument[]> {
  if (sources.length === 0) throw new DocumentError("There is no document to mock.");
  const documents = await Promise.all(
    sources.map((source) => loadDocument(source, { crossOriginRefs, exactIntegers: true })),
  );
  for (const { source, root } of documents) {
    if (![root.paths, root.webhooks, root.components].some(isObject)) {
      throw new DocumentError(`${source} describes no paths: there is nothing to mock.`);
    }
  }
  return documents;
}

function frameOf(documents: readonly ContractDocument[], unreadable: string): string | undefined {
  return documents.map(({ frames }) => frames.get(unreadable)).find((frame) => frame !== undefined);
}

async function listenUnlessRefused(
  mocker: Mocker,
  options: CreateMockOptions,
): Promise<Listening | undefined> {
  const { host = "127.0.0.1", port = 0, certificate } = options;
  return port === false ? undefined : listen(mocker, { host, port, ...(certificate && { certificate }) });
}

function seen({ request, answer, operationId, reason, requestViolations }: Exchange): SeenRequest {
  const { method, path, query, headers, body } = request;
  return {
    method: method.toUpperCase(),
    path,
    query: query.size === 0 ? {} : Object.fromEntries(query),
    headers,
    body: readable(body),
    operationId,
    status: answer.status,
    reason,
    violations: requestViolations.map(({ message }) => message),
  };
}

function readable(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
