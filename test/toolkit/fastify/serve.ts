import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { onTestFinished } from "vitest";
import { MethodNotAllowedError, ResponseViolationError } from "../../../toolkit/fastify/errors.ts";
import { type ContractOptions, registerContract } from "../../../toolkit/fastify/register.ts";

// Fixture contracts have no generated types: their handlers are as loosely typed as plain JavaScript.
type LooseHandler = (input: LooseInput, context: { principal: unknown }) => unknown;
interface LooseInput {
  params: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  cookies: Record<string, unknown>;
  body: unknown;
}

export interface Served {
  readonly app: FastifyInstance;
  readonly url: string;
  send(method: string, path: string, options?: SendOptions): Promise<Received>;
}

export interface SendOptions {
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; `undefined` where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert its shape.
  readonly body: any;
}

export interface ServeOptions
  extends Partial<Omit<ContractOptions<never, unknown>, "handlers" | "document">> {
  readonly handlers?: Record<string, LooseHandler>;
  readonly server?: FastifyServerOptions;
  /** Runs before the contract is registered. */
  readonly before?: (app: FastifyInstance) => unknown;
}

/** As `start`, until the test is over. */
export async function serve(document: object, options: ServeOptions = {}): Promise<Served> {
  const served = await start(document, options);
  onTestFinished(() => served.app.close());
  return served;
}

/** A real server of a contract on a port of its own. Errors come back as JSON. */
export async function start(document: object, options: ServeOptions = {}): Promise<Served> {
  const { before, server = {}, ...contract } = options;
  const app: FastifyInstance = Fastify(server);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const allow = error instanceof MethodNotAllowedError ? { allow: error.allow } : {};
    const violation = error instanceof ResponseViolationError ? { violation: error.violation } : {};
    const { name, message, statusCode = 500 } = error;
    reply.code(statusCode).send({ ...error, name, message, ...allow, ...violation });
  });
  await before?.(app);
  await registerContract(app, {
    securityHandlers: {},
    ...contract,
    document: document as never,
    handlers: (contract.handlers ?? {}) as never,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    send: (method, path, sent) => send(port, method, path, sent),
  };
}

/** Sends the path as it is: `fetch` would mend it and refuse a body on GET. */
function send(port: number, method: string, path: string, options: SendOptions = {}): Promise<Received> {
  const { json, raw = json === undefined ? undefined : JSON.stringify(json) } = options;
  const headers: Record<string, string | number> = {
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...(raw === undefined ? {} : { "content-length": Buffer.byteLength(raw) }),
    ...options.headers,
  };
  if (headers["transfer-encoding"] !== undefined) delete headers["content-length"];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: "127.0.0.1", method, path, headers, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          request.destroy();
          const isJson = /[/+]json(?:;|$)/.test(response.headers["content-type"] ?? "") && text !== "";
          const body = isJson ? JSON.parse(text) : text === "" ? undefined : text;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
        });
      },
    );
    request.on("error", reject);
    request.end(raw);
  });
}
