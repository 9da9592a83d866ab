import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { trackConnections } from "contract-first/fastify";
import { expect, onTestFinished, test } from "vitest";

/** A server whose answers the test gives. */
async function startServer() {
  const responses: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    responses.push(response);
    server.emit("received");
  });
  const closeGracefully = trackConnections(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.closeAllConnections());
  return { server, responses, closeGracefully };
}

async function open(server: Server, request: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(request);
  return socket;
}

const whole = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test.each([
  ["nothing", ""],
  ["half a request line", "GET / HT"],
  ["half a head", "GET / HTTP/1.1\r\nHost: a\r\n"],
])("a connection that has sent %s is ended, one with a request when it is answered", async (_what, sent) => {
  const { server, responses, closeGracefully } = await startServer();
  const waiting = await open(server, sent);
  const busy = await open(server, whole);
  const answer = text(busy);
  await once(server, "received");
  const closed = once(server, "close");
  closeGracefully();
  server.close();
  await once(waiting.resume(), "close");
  responses[0]?.end("answered");
  expect(await answer).toContain("answered");
  await closed;
});

test.each([
  ["by length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12345"],
  ["by chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"],
])("a connection with half a body %s is ended", async (_what, sent) => {
  const { server, closeGracefully } = await startServer();
  const waiting = await open(server, sent);
  await once(server, "received");
  closeGracefully();
  server.close();
  await Promise.all([once(waiting.resume(), "close"), once(server, "close")]);
});

test("a connection that has been answered and is kept alive is ended", async () => {
  const { server, responses, closeGracefully } = await startServer();
  const idle = await open(server, whole);
  await once(server, "received");
  responses[0]?.end();
  await once(idle, "data");
  closeGracefully();
  server.close();
  await Promise.all([once(idle.resume(), "close"), once(server, "close")]);
});

test("a server that never listened is not waited for", async () => {
  const server = createServer();
  trackConnections(server)();
  expect(server.listening).toBe(false);
});
