import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  RequestLog,
  registerContract,
  registerContractDocument,
  registerDocs,
  registerHealth,
  registerMetrics,
  requestId,
} from "contract-first/fastify";
import fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";

const text = (path: string, id: string) => ({
  [path]: {
    get: {
      operationId: id,
      responses: { 200: { description: "Text.", content: { "text/plain": { schema: { type: "string" } } } } },
    },
  },
});

/** Contracts may describe what others get from plugins. */
const document = {
  openapi: "3.1.1",
  info: { title: "Texts", version: "1" },
  paths: {
    ...text("/", "root"),
    ...text("/health/live", "live"),
    ...text("/openapi.json", "contract"),
    ...text("/docs", "docs"),
    ...text("/texts/{id}", "text"),
  },
};

async function serve(lines: string[] = []): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    logger: { level: "debug", stream: { write: (line: string) => void lines.push(line) } },
    logController: new RequestLog(({ headers }) => ({ reason: headers.reason })),
    genReqId: requestId,
  });
  onTestFinished(() => app.close());
  const ids = ["root", "live", "contract", "docs", "text"];
  await registerContract<Record<string, never>, unknown>(app, {
    document,
    handlers: Object.fromEntries(ids.map((id) => [id, () => ({ status: 200, body: id })])) as never,
    securityHandlers: {},
    lenient: true,
  });
  return app;
}

test("plugins leave the contract's own routes alone", async () => {
  const app = await serve();
  registerHealth(app);
  registerContractDocument(app, document);
  registerDocs(app, { directory: new URL("file:///nowhere/") });
  const paths = ["/", "/health/live", "/openapi.json", "/docs"];
  const answers = await Promise.all(paths.map((path) => app.inject(path)));
  expect(answers.map(({ body }) => body)).toEqual(["root", "live", "contract", "docs"]);
  expect((await app.inject("/health/ready")).json()).toEqual({ status: "ready" });
});

test("requests are counted by route, for a listener of its own that ends with the application", async () => {
  const app = await serve();
  const { server, registry } = await registerMetrics(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await app.inject("/texts/secret");
  const metrics = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const told = await (await fetch(metrics)).text();
  expect(told).toContain(
    'http_request_duration_seconds_count{method="GET",route="/texts/:id",status_code="200"} 1',
  );
  expect(told).not.toContain("secret");
  expect(await registry.getSingleMetric("contract_violations_total")?.get()).toMatchObject({
    type: "counter",
  });
  await app.close();
  expect(server.listening).toBe(false);
});

test("a request is logged in one line, by route, with the caller's id, and health checks for debugging only", async () => {
  const lines: string[] = [];
  const app = await serve(lines);
  registerHealth(app);
  await app.inject({ url: "/texts/secret", headers: { "x-request-id": "mine" } });
  await app.inject({ url: "/text?key=secret", headers: { reason: "nothing there" } });
  await app.inject("/health/ready");
  const logged = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  expect(logged).toMatchObject([
    { level: 30, reqId: "mine", method: "GET", route: "/texts/:id", statusCode: 200 },
    { level: 30, route: "unknown", statusCode: 404, reason: "nothing there" },
    { level: 20, route: "/health/ready" },
  ]);
  expect(logged[0]).not.toHaveProperty("reason");
  expect(logged.map((line) => JSON.stringify(line)).join()).not.toContain("secret");
});
