import { Agent, type IncomingMessage, request } from "node:http";
import type { Answer, Call } from "../../support/server.ts";
import type { TestIssuer } from "./issuer.ts";

/** The connection broke before the whole answer was there. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  /** The port of the connection on the client's side. */
  readonly clientPort: number | undefined;

  constructor(clientPort: number | undefined, cause: unknown) {
    super("The connection was lost.", { cause });
    this.clientPort = clientPort;
  }
}

/** One client's connection, kept open from request to request and made again when it is lost. */
export class Connection {
  readonly #origin: () => string;
  readonly #issuer: TestIssuer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(origin: () => string, issuer: TestIssuer) {
    this.#origin = origin;
    this.#issuer = issuer;
  }

  /** @throws ConnectionLostError */
  async call(path: string, { method, body, headers, scopes, subject }: Call = {}): Promise<Answer> {
    const authorization = `Bearer ${await this.#issuer.token(scopes, subject)}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#origin()}/api/v2${path}`, {
        agent: this.#agent,
        method: method ?? (text === undefined ? "GET" : "POST"),
        headers: {
          authorization,
          ...(text !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
      });
      let clientPort: number | undefined;
      const lose = (error: unknown) => reject(new ConnectionLostError(clientPort, error));
      outgoing.once("socket", (socket) => {
        // One that is kept is connected already, and forgets its port when it is closed.
        const remember = () => {
          clientPort = socket.localPort;
        };
        if (socket.connecting) socket.once("connect", remember);
        else remember();
      });
      outgoing.once("error", lose);
      outgoing.once("response", (response) => read(response).then(resolve, lose));
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  let text = "";
  for await (const data of response.setEncoding("utf8")) text += data;
  const headers = Object.entries(response.headersDistinct).map(([name, values = []]) => [
    name,
    values.join(", "),
  ]);
  return {
    status: response.statusCode as number,
    headers: new Headers(headers as [string, string][]),
    body: text === "" ? text : JSON.parse(text),
  };
}
