import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const intervalMilliseconds = 50;

/**
 * Makes a stop wait for the requests that were received and for nothing else. Call it before the server listens, and
 * what it returns when the server is to be closed: connections on which no whole request has come (nothing at all, half
 * a head, half a body, or nothing since the last answer) are ended then, the others as soon as they are answered.
 *
 * Node's own `closeIdleConnections` takes a connection that has not sent anything for one that is about to.
 */
export function trackConnections(server: Server): () => void {
  // A list for each connection, since V8 keeps alive whatever has been in a set whose members come and go, until it
  // collects all of its memory: one set of all responses held back every request.
  const unanswered = new Map<Socket, ServerResponse[]>();
  server.on("connection", (socket: Socket) => {
    unanswered.set(socket, []);
    socket.once("close", () => unanswered.delete(socket));
  });
  server.on("request", ({ socket }, response: ServerResponse) => {
    unanswered.get(socket)?.push(response);
    response.on("close", forget);
  });

  function forget(this: ServerResponse): void {
    const responses = unanswered.get(this.req.socket);
    responses?.splice(responses.indexOf(this), 1);
  }

  function endWaitingConnections(): void {
    for (const [socket, responses] of unanswered)
      if (!responses.some(({ req }) => req.complete)) socket.destroy();
  }

  return () => {
    if (!server.listening) return;
    // Not in this very moment: what a client has sent to its end may lie in the kernel still.
    const timer = setInterval(endWaitingConnections, intervalMilliseconds);
    server.once("close", () => clearInterval(timer));
  };
}
