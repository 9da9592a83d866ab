import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { createMock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

test("answers a Request whatever its origin, as MSW and Next.js hand it over", async () => {
  const mock = await createMock(
    contract({
      "/tasks/{id}": {
        post: { requestBody: { content: {} }, responses: { 201: json({ example: { id: 1 } }) } },
      },
    }),
    { port: false },
  );
  const handler = (request: Request) => mock.fetch(request);
  const request = new Request("https://api.example.com/tasks/1?a=b", { method: "POST" });
  const response = await handler(request);
  expect([response.status, await response.json()]).toEqual([201, { id: 1 }]);
  expect(mock.requests[0]).toMatchObject({ method: "POST", path: "/tasks/1", query: { a: "b" } });
});

test("is a route of a server of Fetch's handlers, which streams its answer on", async () => {
  const mock = await createMock(contract({ "/a": { get: { responses: { 200: json({ example: "x" }) } } } }), {
    port: false,
  });
  const server = createServer(async (incoming, outgoing) => {
    const answered = await mock.fetch(new Request(`http://localhost${incoming.url}`));
    outgoing.writeHead(answered.status, Object.fromEntries(answered.headers));
    outgoing.end(Buffer.from(await answered.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  expect(await (await fetch(`http://127.0.0.1:${port}/a`)).json()).toBe("x");
});
