import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A plain TCP balancer: each connection goes to the next server that takes it. */
export class Balancer {
  readonly #ports: () => readonly number[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Where each client's connection went, by its own port. */
  readonly #targets = new Map<number, number>();
  #next = 0;

  constructor(ports: () => readonly number[]) {
    this.#ports = ports;
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#forward(client, ports().length));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The port of the server that a client's connection went to. */
  targetOf(clientPort: number): number | undefined {
    return this.#targets.get(clientPort);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #forward(client: Socket, attempts: number): void {
    const ports = this.#ports();
    this.#next += 1;
    const port = ports[this.#next % ports.length] as number;
    const server = connect(port, "127.0.0.1");
    server.once("error", () => {
      if (attempts > 1) this.#forward(client, attempts - 1);
      else client.destroy();
    });
    server.once("connect", () => {
      this.#targets.set(client.remotePort as number, port);
      server.removeAllListeners("error");
      for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.once("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }
}
