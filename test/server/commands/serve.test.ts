import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { listening, runMain, runToEnd } from "../../support/command.ts";
import { freePort } from "../../support/free-port.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { methodsOf } from "../../support/users.ts";

let data: string;
let env: Record<string, string>;

beforeEach(async () => {
  data = join(await temporaryFolder(), "data");
  env = { PORT: "0", DATABASE_URL: `sqlite:${join(data, "test.sqlite")}` };
});

async function token(): Promise<string> {
  const { stdout } = await runToEnd(["token"], env);
  return stdout.trim();
}

test("keeps what it acknowledged over a kill and a restart, for tokens of the token command", async () => {
  const headers = { authorization: `Bearer ${await token()}`, "content-type": "application/json" };
  const first = runMain(["serve"], env);
  const before = await listening(first);
  const post = (path: string, body: object) =>
    fetch(`${before}/api/v2${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(
    (await post("/users", { connection: "Username-Password-Authentication", user_id: "ada" })).status,
  ).toBe(201);
  const created = await post(methodsOf("auth0|ada"), { type: "phone", phone_number: "+15550100" });
  const method = (await created.json()) as object;
  first.kill("SIGKILL");
  await once(first, "exit");

  const second = runMain(["serve"], env);
  const after = await listening(second);
  const listed = await (await fetch(`${after}/api/v2${methodsOf("auth0|ada")}`, { headers })).json();
  expect(listed).toEqual([expect.objectContaining({ id: (method as { id: string }).id })]);
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([0, null]);
});

test.skipIf(!existsSync("/usr/bin/script"))(
  "greets a person on a terminal in a few lines, of which those to paste work",
  async () => {
    const main = new URL("../../../server/main.ts", import.meta.url).pathname;
    const { NODE_ENV: _test, ...inherited } = process.env;
    const port = String(await freePort());
    // A terminal is what `script` gives to the command that it runs.
    const child = spawn("script", ["-qfec", `exec ${process.execPath} ${main} serve`, "/dev/null"], {
      env: { ...inherited, ...env, PORT: port },
    });
    onTestFinished(async () => {
      if (child.exitCode === null) child.kill("SIGKILL");
    });
    let text = "";
    for await (const data of child.stdout) {
      text += data;
      if (/"phone_number":"[^"]*"\}'\s*$/.test(text)) break;
    }
    const lines = text.trim().split(/\r?\n/);
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(text).toContain("the database was made, with schema version");
    const pasted = lines.slice(-3);
    expect(pasted.map((line) => line.split(/[ =]/)[0])).toEqual(["TOKEN", "curl", "curl"]);
    const { stdout } = await promisify(execFile)("sh", ["-c", pasted.join("\n")]);
    expect(stdout).toMatch(/"user_id":"auth0\|ada"[\s\S]*"type":"phone"/);
  },
);

test("keeps its files to its owner", async () => {
  await listening(runMain(["serve"], env));
  const files = await readdir(data);
  expect(files).toEqual(
    expect.arrayContaining(["development-issuer.jwk.json", "development-encryption.key", "test.sqlite"]),
  );
  for (const file of files)
    expect({ file, mode: (await stat(join(data, file))).mode & 0o077 }).toEqual({ file, mode: 0 });
});

/** Resolves with all that came until the server closed the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** Opens a connection to the server and sends this much on it. */
async function connectAndSend(port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  if (text !== "") await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  return socket;
}

const incompleteRequests = [
  "",
  "GET /health/live HTT",
  "GET /health/live HTTP/1.1\r\nHost: a\r\n",
  "POST /api/v2/users HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n{",
  "POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
];

describe.each(["SIGTERM", "SIGINT"] as const)("on %s", (signal) => {
  test("finishes the requests that were received, then exits with 0", async () => {
    const server = runMain(["serve"], env);
    const { host, port } = new URL(await listening(server));
    const authorization = `Bearer ${await token()}`;
    const requests = Array.from({ length: 20 }, (_, number) => {
      const body = JSON.stringify({ connection: "email", user_id: `${signal}${number}` });
      return `POST /api/v2/users HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    });
    const socket = await connectAndSend(Number(port), requests.join(""));
    const answers = untilClosed(socket);
    // The first answer shows that the server is at work on the others, which came with it.
    await once(socket, "data");
    server.kill(signal);
    expect((await answers).match(/HTTP\/1\.1 \d{3}/g)).toEqual(requests.map(() => "HTTP/1.1 201"));
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  test("waits for no connection without a whole request, on neither listener", async () => {
    const metricsPort = await freePort();
    const server = runMain(["serve"], { ...env, METRICS_PORT: String(metricsPort) });
    const port = Number(new URL(await listening(server)).port);
    const sockets = await Promise.all(
      [port, metricsPort].flatMap((each) => incompleteRequests.map((text) => connectAndSend(each, text))),
    );
    // Its answer shows that the server has taken in what was sent before it.
    await fetch(`http://127.0.0.1:${port}/health/live`);
    const closed = sockets.map(untilClosed);
    server.kill(signal);
    expect(await once(server, "exit")).toEqual([0, null]);
    await Promise.all(closed);
  });
});

describe("with DRAIN_SECONDS", () => {
  test("serves after SIGTERM without being ready, and stops at once on SIGINT", async () => {
    const server = runMain(["serve"], { ...env, DRAIN_SECONDS: "3600" });
    const origin = await listening(server);
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    server.kill("SIGTERM");
    await vi.waitFor(async () => expect((await fetch(`${origin}/health/ready`)).status).toBe(503), 10_000);
    const served = await fetch(`${origin}/health/live`);
    expect([served.status, served.headers.get("connection")]).toEqual([200, "close"]);
    // Sent again it changes nothing.
    server.kill("SIGTERM");
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  test("closes the port when they are over", async () => {
    const server = runMain(["serve"], { ...env, DRAIN_SECONDS: "1" });
    await listening(server);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
  });
});

describe("refuses to start, in one sentence, with exit code 1,", () => {
  test.each([
    [
      "in production without an issuer",
      { NODE_ENV: "production" },
      /ISSUER must be set.*ENCRYPTION_KEYS must be set/,
    ],
    ["with a wrong port", { PORT: "http" }, /PORT must be/],
    [
      "on a database in a folder that cannot be made",
      { DATABASE_URL: "sqlite:/dev/null/x.sqlite" },
      /\/dev\/null/,
    ],
    ["with an encryption key that is too short", { ENCRYPTION_KEYS: "k1:c2hvcnQ=" }, /ENCRYPTION_KEYS/],
  ])("%s", async (_what, more, message) => {
    const { code, stderr } = await runToEnd(["serve"], { ...env, ...more });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).not.toContain("c2hvcnQ=");
  });

  test("on a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runToEnd(["serve"], { ...env, PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} of 127.0.0.1 is taken: choose another with PORT (or METRICS_PORT), or stop what listens there.\n`,
    );
  });
});

describe("the token command", () => {
  const claims = (jwt: string) => JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());

  test("gives all scopes, or those asked for", async () => {
    expect(claims(await token()).scope.split(" ")).toEqual(
      expect.arrayContaining([
        "create:authentication_methods",
        "delete:users",
        "read:authentication_methods_unmasked",
      ]),
    );
    const { stdout } = await runToEnd(["token", "--scope", "read:users create:users"], env);
    expect(claims(stdout).scope).toBe("read:users create:users");
  });

  test("refuses where another issuer is configured", async () => {
    const { code, stderr } = await runToEnd(["token"], {
      ...env,
      ISSUER: "https://id.example.com/",
      AUDIENCE: "a",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/ISSUER is set/);
  });
});

test("tells its commands to a command it does not know", async () => {
  const { code, stderr } = await runToEnd(["sevre"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/There is no command "sevre"\.\n\nUsage:/);
});

test("takes another encryption key from its file on SIGHUP, and keeps the old ones where it cannot", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "keys");
  const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString("base64")}`;
  await writeFile(file, key("old", 1));
  const server = runMain(["serve"], { ...env, ENCRYPTION_KEYS_FILE: file });
  const lines: string[] = [];
  server.stdout?.on("data", (data) => lines.push(...String(data).trim().split("\n")));
  const told = (message: string) =>
    vi.waitFor(() => {
      const line = lines.find((each) => each.includes(message));
      if (line === undefined) throw new Error("not told yet");
      return JSON.parse(line);
    }, 10_000);
  await told("Listening on");
  await writeFile(file, `${key("new", 2)},${key("old", 1)}`);
  server.kill("SIGHUP");
  expect(await told("encryption keys read again")).toMatchObject({ keyIds: ["new", "old"] });
  await writeFile(file, "new:short");
  server.kill("SIGHUP");
  expect((await told("not read again")).reason).toMatch(/^ENCRYPTION_KEYS_FILE: entry 1 /);
  server.kill("SIGTERM");
  expect(await once(server, "exit")).toEqual([0, null]);
});
