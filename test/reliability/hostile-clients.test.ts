import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { phone } from "../support/methods.ts";
import { createMethod, createUser } from "../support/users.ts";
import { mebibytes, milliseconds, report } from "./support/findings.ts";
import { healthyDuring } from "./support/healthy-requests.ts";
import { startIssuer, type TestIssuer } from "./support/issuer.ts";
import { forgetPeakMemory, peakMemory, residentMemory } from "./support/memory.ts";
import { byChunks, byLength, exchange, type Framing, pump, type RawAnswer } from "./support/raw-exchange.ts";
import { isLong, scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const mebibyte = 2 ** 20;
/** How many files and connections a process may have open, this one and the server alike. */
const { userLimits } = process.report.getReport() as { userLimits: { open_files: { soft: number } } };
/** By how much no attack may make the server grow. */
const bound = 256 * mebibyte;

let issuer: TestIssuer;
let server: ServerProcess;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let token: string;
let methods: string;
let slowAnswers: Promise<readonly RawAnswer[]>;

interface SlowClient {
  readonly what: string;
  readonly write: (socket: Socket) => void;
  /** In milliseconds. */
  readonly timeout: number;
}

const halfOfTheHeaders = "GET /health/live HTTP/1.1\r\nHost: loc";
const slow: readonly SlowClient[] = [
  { what: "anything", write: () => {}, timeout: 10_000 },
  { what: "the headers", write: (socket) => socket.write(halfOfTheHeaders), timeout: 10_000 },
  ...(isLong ? [{ what: "the headers, a byte a second", write: trickle, timeout: 10_000 }] : []),
  ...(isLong ? [{ what: "the body", write: halfOfTheBody, timeout: 30_000 }] : []),
];

function trickle(socket: Socket): void {
  socket.write(halfOfTheHeaders);
  const timer = setInterval(() => socket.write("a"), 1_000);
  socket.once("close", () => clearInterval(timer));
}

function halfOfTheBody(socket: Socket): void {
  socket.write(`${post(`${authorized()}Content-Length: 100\r\n`)}{"connection":`);
}

beforeAll(async () => {
  issuer = await startIssuer();
  token = await issuer.token();
  folder = await temporaryFolder();
  server = new ServerProcess(issuer, { DATABASE_URL: `sqlite:${folder.path}/test.sqlite` });
  await server.start();
  methods = await createUser(server);
  await createMethod(server, methods, phone());
  // They take their time while the other proofs run.
  slowAnswers = Promise.all(slow.map(({ write }) => exchange(server.port, write)));
});

afterAll(async () => {
  await server.kill();
  await issuer.http.goDown();
  await folder.remove();
});

const post = (headers: string) =>
  `POST /api/v2/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n`;
const authorized = () => `Authorization: Bearer ${token}\r\n`;

function expectEnvelope(answer: RawAnswer, statusCode: number): void {
  expect(answer.status).toBe(statusCode);
  expect(answer.body).toMatchObject({ statusCode, error: expect.any(String), message: expect.any(String) });
}

/** Serves healthy requests meanwhile and holds the growth of the server's memory against the bound. */
async function endure(context: TestContext, attack: () => Promise<unknown>): Promise<void> {
  const before = residentMemory(server.pid);
  forgetPeakMemory(server.pid);
  const healthy = await healthyDuring(server, methods, attack());
  const peak = peakMemory(server.pid);
  expect(peak - before || 0).toBeLessThan(bound);
  report(context, {
    "memory before": mebibytes(before),
    "at most": mebibytes(peak),
    "healthy requests meanwhile": healthy.served,
    "slowest of them": milliseconds(healthy.slowestMilliseconds),
  });
}

describe("many clients", () => {
  test("that connect and stay idle do not keep others out", async (context) => {
    const count = Math.min(scaled(2_000, 10_000), userLimits.open_files.soft - 500);
    const sockets: Socket[] = [];
    await endure(context, async () => {
      for (let left = count; left > 0; left -= 500) {
        const opened = Array.from({ length: Math.min(left, 500) }, () => connect(server.port, "127.0.0.1"));
        sockets.push(...opened);
        await Promise.all(opened.map((socket) => once(socket, "connect")));
      }
      // Each has been accepted when a later one is served.
      await server.call(methods);
      expect(sockets.filter((socket) => socket.readyState === "open")).toHaveLength(count);
    });
    for (const socket of sockets) socket.destroy();
    report(context, { "idle connections": count });
  });

  test("that ask and ask and never read do not fill the memory", async (context) => {
    const count = scaled(5_000, 50_000);
    const request = `GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    await endure(context, async () => {
      const socket = connect(server.port, "127.0.0.1").pause();
      socket.on("error", () => {});
      await once(socket, "connect");
      socket.write(request.repeat(count));
      for (let other = 0; other < 50; other += 1) await server.call(methods);
      socket.destroy();
    });
    report(context, { "requests pipelined": count });
  });
});

describe("too much", () => {
  const connections = scaled(2, 20);

  test.for<[what: string, head: () => string, framing: Framing, status: number]>([
    ["a body of 100 MB", () => post(authorized() + byLength.header), byLength, 413],
    ["a chunked body of 100 MB", () => post(authorized() + byChunks.header), byChunks, 413],
    // The connection is kept after a 401, so all of the body is read and thrown away.
    ["a body of 100 MB without a token", () => post(byLength.header), byLength, 401],
    ["a chunked body of 100 MB without a token", () => post(byChunks.header), byChunks, 401],
    ["a header of 100 MB", () => "GET / HTTP/1.1\r\nX-A: ", byLength, 431],
  ])("%s is refused", async ([, head, framing, status], context) => {
    await endure(context, async () => {
      const attack = () =>
        exchange(server.port, async (socket) => {
          socket.write(head());
          await pump(socket, framing);
        });
      const answers = await Promise.all(Array.from({ length: connections }, attack));
      for (const answer of answers) expectEnvelope(answer, status);
    });
    report(context, { connections });
  });

  test.for([
    ["a URL of 1 MB", `GET /api/v2/users/${"a".repeat(mebibyte)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ["100,000 headers", `GET / HTTP/1.1\r\nHost: localhost\r\n${"a:b\r\n".repeat(100_000)}\r\n`, 431],
    ["a token of 15 KB", post(`Authorization: Bearer ${"a".repeat(15_000)}\r\nConnection: close\r\n`), 401],
  ] as const)("%s is refused", async ([, text, status]) => {
    expectEnvelope(await exchange(server.port, (socket) => void socket.write(text)), status);
  });
});

describe("a request that no HTTP library sends", () => {
  test.for([
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n"],
    ["a length beside chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"],
    ["a negative length", "Content-Length: -1\r\n"],
    ["a NUL in a header", "X-A: a\0b\r\n"],
    ["a header that is folded", "X-A: a\r\n b\r\n"],
    ["a space before a colon", "X-A : a\r\n"],
  ] as const)("with %s is refused", async ([, headers]) => {
    const answer = await exchange(server.port, (socket) => {
      socket.write(`${post(headers).slice(0, -2)}${authorized()}Connection: close\r\n\r\n{}`);
    });
    expectEnvelope(answer, 400);
  });

  test("without a host is refused", async () => {
    const answer = await exchange(server.port, (socket) => {
      socket.write("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n");
    });
    expect(answer.status).toBe(400);
  });

  test("with bytes that are no HTTP is refused", async () => {
    const tlsClientHello = Buffer.from("16030100a5010000a10303", "hex");
    const answer = await exchange(server.port, (socket) => void socket.write(tlsClientHello));
    expectEnvelope(answer, 400);
  });
});

describe("clients that are slow", () => {
  test.for(slow.map(({ what }, index) => [what, index] as const))(
    "to send %s are cut off in time",
    { timeout: 60_000 },
    async ([, index], context) => {
      const { timeout } = slow[index] as SlowClient;
      const answer = (await slowAnswers)[index] as RawAnswer;
      expectEnvelope(answer, 408);
      expect(answer.milliseconds).toBeGreaterThan(timeout - 1_000);
      expect(answer.milliseconds).toBeLessThan(timeout + 5_000);
      report(context, { "cut off after": milliseconds(answer.milliseconds) });
    },
  );
});
