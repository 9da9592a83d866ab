import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { MockRequest } from "../message.ts";
import type { Mocker } from "../mocker.ts";
import { Problem } from "../problem.ts";
import type { Certificate } from "./certificate.ts";

/** The largest request body, in bytes: Prism's limit. */
const largestBody = 10 * 1024 * 1024;
const noQuery = new URLSearchParams();
const noBody = Buffer.alloc(0);

/** A mock that listens. */
export interface Listening {
  /** `http://127.0.0.1:4010`, without a slash at its end. */
  readonly url: string;
  /** Stops listening and drops the connections that are open. */
  close(): Promise<void>;
}

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Undefined: plain HTTP. */
  readonly certificate?: Certificate;
}

/**
 * Serves a mock over HTTP or HTTPS.
 *
 * @throws the system's error, for example `EADDRINUSE`
 */
export async function listen(mocker: Mocker, { host, port, certificate }: ListenOptions): Promise<Listening> {
  let origin = "";
  const handle: RequestListener = (incoming, outgoing) => {
    // What cannot be written out must not end the process.
    respond(mocker, incoming, outgoing, origin).catch(() => outgoing.destroy());
  };
  const server: Server = certificate ? createSecureServer(certificate, handle) : createServer(handle);
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  origin = originOf(server.address() as AddressInfo, certificate !== undefined);
  return {
    url: origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function originOf({ address, family, port }: AddressInfo, secure: boolean): string {
  return `${secure ? "https" : "http"}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

async function respond(
  mocker: Mocker,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  origin: string,
): Promise<void> {
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  const bodiless = encoding === undefined && (length === undefined || length === "0");
  const body = bodiless ? noBody : await readBody(incoming);
  if (outgoing.destroyed || body === undefined) return;
  if (body instanceof Problem) {
    outgoing.writeHead(body.status, { "content-type": "application/problem+json", connection: "close" });
    outgoing.end(body.body());
    return;
  }
  const { status, headers, body: content } = await mocker.answer(toMockRequest(incoming, body), origin);
  if (content === undefined) outgoing.writeHead(status, headers).end();
  else outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(content) }).end(content);
}

function toMockRequest(incoming: IncomingMessage, body: Buffer): MockRequest {
  // In absolute form (RFC 9112, section 3.2.2) the target begins with a scheme.
  const target = (incoming.url ?? "/").replace(/^https?:\/\/[^/?]*/i, "");
  const at = target.indexOf("?");
  return {
    method: (incoming.method ?? "GET").toLowerCase(),
    path: (at < 0 ? target : target.slice(0, at)) || "/",
    query: at < 0 ? noQuery : new URLSearchParams(target.slice(at + 1)),
    search: at < 0 ? "" : target.slice(at + 1),
    headers: flatten(incoming.headers),
    body,
  };
}

/** Node joins repeated headers itself, all but Set-Cookie, which belongs in answers. */
function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  if (headers["set-cookie"] !== undefined) delete headers["set-cookie"];
  return headers as Record<string, string>;
}

/**
 * The body; undefined where the client has gone.
 * By events: iterating over the request costs as much as answering it.
 */
function readBody(incoming: IncomingMessage): Promise<Buffer | Problem | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestBody) chunks.push(chunk);
      else resolve(new Problem("BODY_TOO_LARGE", "The request body is larger than 10 MB."));
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}
