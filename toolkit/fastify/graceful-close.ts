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
  const sockets = new Set<Socket>();
  const unanswered = new Set<ServerResponse>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (_request, response: ServerResponse) => {
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
  });

  function endWaitingConnections(): void {
    const busy = new Set<Socket>();
    for (const { req } of unanswered) if (req.complete) busy.add(req.socket);
    for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
  }

  return () => {
    if (!server.listening) return;
    // Not in this very moment: what a client has sent to its end may lie in the kernel still.
    const timer = setInterval(endWaitingConnections, intervalMilliseconds);
    server.once("close", () => clearInterval(timer));
  };
}
