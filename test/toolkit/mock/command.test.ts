import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type RunningCommand, runToEnd, startCommand } from "./command-line.ts";
import { contract, json } from "./contract.ts";

let folder: string;
let running: RunningCommand | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await running?.stop("SIGKILL");
  running = undefined;
});

const write = async (name: string, content: unknown) => {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
const document: { paths: Record<string, unknown> } & Record<string, unknown> = contract(
  {
    "/pets": {
      get: {
        parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }],
        responses: { 200: json({ schema: { type: "integer", minimum: 5 }, example: 9 }) },
      },
      post: { responses: { 201: json({ example: {} }), 503: json({ example: { message: "busy" } }) } },
    },
    "/secret": { get: { security: [{ key: [] }], responses: { 200: json({ example: 1 }) } } },
    "/broken": { get: { responses: { 200: json({ schema: { type: "integer" }, example: "x" }) } } },
  },
  { components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } } },
);

async function start(...args: string[]): Promise<RunningCommand> {
  running = await startCommand([await write("openapi.json", document), ...args], folder);
  return running;
}
const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${running?.url}${path}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

describe("mock", () => {
  test("prints where it listens, and stops on SIGTERM and SIGINT with code 0", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { output, stop } = await start();
      expect(output()).toMatch(/^Mock is listening on http:\/\/127\.0\.0\.1:\d+\n/);
      expect(await stop(signal)).toBe(0);
    }
  });

  test("lists up to twenty operations, and what looks like a slip of the pen", async () => {
    const path = await write(
      "openapi.json",
      contract({
        "/forgotten": { delete: {} },
        "/any": { get: { responses: { default: json({ schema: { type: "any" } }) } } },
        ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/p${i}`, document.paths["/pets"]])),
      }),
    );
    running = await startCommand([path]);
    await running.printed(/62 operations; reference at/);
    expect(running.output()).toMatch(/DELETE \/forgotten documents no response/);
    expect(running.output()).toMatch(/there is no type "any"/);
    expect(running.output().match(/^ {2}[A-Z]+ +\//gm)).toHaveLength(20);
  });

  test("takes flags before and after the document, short and long", async () => {
    const path = await write("openapi.json", document);
    running = await startCommand(["-h", "localhost", "-d", path, "--seed", "a"]);
    expect(running.url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):/);
    expect(Number((await get("/pets")).text)).toBeGreaterThanOrEqual(5);
    expect((await get("/pets")).text).toBe((await get("/pets")).text);
  });

  test.each<[string[], string, number, string]>([
    [["--dynamic", "--seed=b"], "/pets?__dynamic=false", 200, "9"],
    [["--errors"], "/broken", 500, "#VIOLATIONS"],
    [["--errors=false"], "/broken", 200, '"x"'],
    [["--ignoreExamples"], "/pets", 200, "5"],
    [["--ignore-examples"], "/pets", 200, "5"],
    [["--no-validate"], "/pets?limit=x", 200, "9"],
    [["--no-auth"], "/secret", 200, "1"],
    [["--auth=false"], "/secret", 200, "1"],
    [["--lenient"], "/pets?__code=507", 507, "#UNDOCUMENTED"],
    [["--fail", "100%"], "/pets", 503, "#INJECTED_FAILURE"],
    [["--multiprocess", "--json-schema-faker-fillProperties"], "/pets", 200, "9"],
    [["--delay", "1-2"], "/pets", 200, "9"],
    [["--stateful"], "/pets", 200, "9"],
    [["--cors=false", "-v", "silent"], "/pets", 200, "9"],
  ])("%j", async (flags, path, status, text) => {
    const { output } = await start(...flags);
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    if (flags.includes("--cors=false")) expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    if (flags.includes("silent")) expect(output().trim().split("\n")).toHaveLength(1);
  });

  test("--seed-data reads JSON or YAML and turns --stateful on", async () => {
    await start("--seed-data", await write("seed.yaml", "/pets: [{ id: 1, name: Rex }]"));
    expect((await get("/pets")).text).toBe('[{"id":1,"name":"Rex"}]');
  });

  test("--https serves TLS with a certificate that is kept, its key readable by its owner alone", async () => {
    const first = await start("--https");
    expect(first.url).toMatch(/^https:/);
    await first.printed(/NODE_EXTRA_CA_CERTS=\S+, curl --cacert \S+/);
    const certificate = await readFile(join(folder, "data/mock-certificate.pem"), "utf8");
    expect((await stat(join(folder, "data/mock-key.pem"))).mode & 0o777).toBe(0o600);
    for (const host of ["127.0.0.1", "localhost"]) {
      const status = await new Promise((resolve, reject) => {
        const url = new URL("/pets", first.url.replace("127.0.0.1", host));
        request(url, { ca: certificate, family: 4 }, (response) => resolve(response.statusCode))
          .on("error", reject)
          .end();
      });
      expect(status).toBe(200);
    }
    await first.stop();
    await start("--https");
    expect(await readFile(join(folder, "data/mock-certificate.pem"), "utf8")).toBe(certificate);
  });
});

describe("the log", () => {
  test("shows method, path with query, status, why it was chosen and why a request failed", async () => {
    const { printed } = await start();
    await get("/pets?limit=1");
    await printed(/GET {4}\/pets\?limit=1 200 [\d.]+ ms, default status, first example "default"\n/);
    await get("/pets?limit=x");
    await printed(
      /GET {4}\/pets\?limit=x 422 .*\n {7}Request query parameter limit must be integer \(type\)\n/,
    );
  });

  test("is one JSON object a line with --log json", async () => {
    const { printed } = await start("--log", "json");
    await get("/pets?limit=x");
    const [line] = await printed(/\{.*"url":"\/pets\?limit=x".*\}\n/);
    expect(JSON.parse(line)).toMatchObject({
      level: "warn",
      method: "GET",
      status: 422,
      violations: ["Request query parameter limit must be integer"],
    });
  });

  test("calls itself by its own name, begins with the time, and tells of no preflight", async () => {
    const { printed, output } = await start();
    await get("/pets", {
      method: "OPTIONS",
      headers: { origin: "http://a.example", "access-control-request-method": "GET" },
    });
    await get("/secret");
    await printed(/^\d\d:\d\d:\d\d GET {4}\/secret 401 .*, so the mock answers by itself/m);
    expect(output()).not.toMatch(/Prism|OPTIONS/);
  });

  test("shows as text what a terminal would obey", async () => {
    const name = "a\u001b[31m\r\nforged\u009b2J\u202e";
    const schema = { type: "object", required: [name], properties: { [name]: { type: "string" } } };
    const path = await write(
      "openapi.json",
      contract({
        "/": {
          post: {
            requestBody: { content: { "application/json": { schema } } },
            responses: { 200: json({ example: 1 }) },
            callbacks: {
              done: {
                [`http://127.0.0.1:1/${name}`]: { post: { responses: { 200: { description: "ok" } } } },
              },
            },
          },
        },
        "/typo": {
          get: { responses: { 200: json({ schema: { properties: { [name]: { type: name } } } }) } },
        },
      }),
    );
    running = await startCommand([path]);
    const post = (body: unknown) => ({
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await get("/", post({ [name]: "x" }));
    await get("/", post({}));
    await running.printed(/required property/);
    await running.printed(/callback done/);
    expect(running.output()).toContain("\\u001b[31m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(running.output()).not.toMatch(/[\u001b\u009b\u202e\r]|^forged/m);
    await running.stop();
    running = await startCommand([path, "--log", "json"]);
    await get("/", post({}));
    const [line] = await running.printed(/^.*required property.*$/m);
    expect(JSON.parse(line).violations.join()).toContain(name);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(running.output()).not.toMatch(/[\u001b\u009b\u202e\r]|^forged/m);
  });

  test("shows no credentials, and no line that a client made up", async () => {
    const { printed, output } = await start();
    await get("/pets?access_token=s3cret&x=%0Aforged", { headers: { authorization: "Bearer s3cret" } });
    await printed(/\/pets\?access_token=/);
    expect(output()).not.toContain("s3cret");
    expect(output()).not.toMatch(/^forged/m);
  });

  test("leaves out what is below the level", async () => {
    const { printed, output } = await start("-v", "warn");
    await get("/pets");
    await get("/nowhere");
    await printed(/\/nowhere 404/);
    expect(output()).not.toContain("/pets 200");
  });
});

describe("reload", () => {
  test("when a file the document refers to changes; a broken save keeps the last good one and names the line", async () => {
    await write("answer.yaml", "{ description: ok, content: { application/json: { example: first } } }");
    const responses = { 200: { $ref: "answer.yaml" } };
    running = await startCommand([await write("openapi.json", contract({ "/": { get: { responses } } }))]);
    expect((await get("/")).text).toBe('"first"');

    await write("answer.yaml", "{ description: ok, content: { application/json: { example: second } } }");
    await running.printed(/Reloaded/);
    expect((await get("/")).text).toBe('"second"');

    await write("answer.yaml", "{ description: ok,\n content: [ }");
    await running.printed(/Kept the last good document\. .*answer\.yaml.*\(2:\d+\)/);
    expect((await get("/")).text).toBe('"second"');

    await write("openapi.json", '{ "openapi": "3.1.0",\n "paths": [ }');
    await running.printed(/Kept the last good document\. .*openapi\.json.*\(2:\d+\)/);
    expect((await get("/")).text).toBe('"second"');
  });

  test("keeps what was remembered where the save says the same of it", async () => {
    const items = (extra: object) => ({
      get: { responses: { 200: json({ example: [] }) } },
      post: {
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Item" } } } },
        responses: { 201: json({ schema: { $ref: "#/components/schemas/Item" } }) },
      },
      ...extra,
    });
    const openapi = (a: object, b: object) =>
      contract(
        { "/a": items({}), "/b": items(a) },
        { components: { schemas: { Item: { type: "object" } } }, ...b },
      );
    running = await startCommand([await write("openapi.json", openapi({}, {})), "--stateful"]);
    const post = (path: string) =>
      get(path, { method: "POST", headers: { "content-type": "application/json" }, body: '{"n":1}' });
    await post("/a");
    await post("/b");
    await write("openapi.json", openapi({ description: "changed" }, {}));
    await running.printed(/Reloaded/);
    expect(JSON.parse((await get("/a")).text)).toHaveLength(1);
    expect((await get("/b")).text).toBe("[]");
  });

  test("when an editor saves by moving a new file into place, and when a new file comes in", async () => {
    const openapi = (example: unknown) => contract({ "/": { get: { responses: { 200: example } } } });
    running = await startCommand([await write("openapi.json", openapi(json({ example: 1 })))]);
    await write("answer.json", json({ example: 2 }));
    await rename(await write("new.json", openapi({ $ref: "answer.json" })), join(folder, "openapi.json"));
    await expect.poll(async () => (await get("/")).text, { timeout: 10_000 }).toBe("2");
    await write("answer.json", json({ example: 3 }));
    await expect.poll(async () => (await get("/")).text, { timeout: 10_000 }).toBe("3");
  });
});

describe("what cannot be meant is refused in one sentence, without a stack trace", () => {
  test.each<[string[], number, RegExp]>([
    [["a.yaml", "--nonsense"], 2, /^Unknown option '--nonsense'\. See --help\.\n$/],
    [["a.yaml", "--port", "many"], 2, /^--port many: a number from 0 to 65535 is expected\.\n$/],
    [["a.yaml", "--delay", "slow"], 2, /^--delay slow: milliseconds/],
    [["a.yaml", "--fail", "often"], 2, /^--fail often: a share/],
    [["a.yaml", "--log", "xml"], 2, /^--log xml: one of text, json is expected\.\n$/],
    [["a.yaml", "-v", "loud"], 2, /^--verboseLevel loud: one of trace, /],
    [["a.yaml"], 1, /^a\.yaml does not exist\.\n$/],
  ])("%j", async (args, code, message) => {
    const result = await runToEnd(args);
    expect(result.output).toMatch(message);
    expect(result.output.trim().split("\n")).toHaveLength(1);
    expect(result.code).toBe(code);
  });

  test("a taken port, an address of another machine, and seed data of the wrong shape", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const path = await write("openapi.json", document);
    expect(await runToEnd([path, "-p", String(port)])).toEqual({
      code: 1,
      output: `Port ${port} of 127.0.0.1 is taken: choose another with --port, or stop what listens there.\n`,
    });
    taken.close();
    expect((await runToEnd([path, "-p", "0", "-h", "192.0.2.1"])).output).toMatch(
      /^192\.0\.2\.1 is no address of this machine/,
    );
    const seed = await write("seed.json", { "/pets": [1] });
    expect((await runToEnd([path, "--seed-data", seed])).output).toMatch(
      /an object of arrays of objects is expected/,
    );
    expect((await runToEnd([path, "--seed-data", "none.json"])).output).toMatch(
      /^--seed-data none\.json does not exist\.$/m,
    );
  });

  test("a document with an error in it, named once, with the line and a caret", async () => {
    const path = await write("bad.yaml", "openapi: 3.1.0\npaths:\n  /a: {}\n  /b: c: d\n" as never);
    const { code, output } = await runToEnd([path]);
    expect(code).toBe(1);
    expect(output.split("bad.yaml")).toHaveLength(2);
    expect(output).toMatch(
      /^\S+bad\.yaml: .* \(4:8\)\n {2}2 \| paths:\n {2}3 \| {3}\/a: \{\}\n> 4 \| {3}\/b: c: d\n {4}\| {8}\^\n$/,
    );
  });

  test("with nothing in it that a terminal would obey", async () => {
    const { output } = await runToEnd(["a\u001b[2J\u009b\u202e.yaml"]);
    expect(output).toBe("a\\u001b[2J\\u009b\\u202e.yaml does not exist.\n");
  });

  test("names every flag and every preference in the help", async () => {
    const { code, output } = await runToEnd(["--help"]);
    expect(code).toBe(0);
    const flags =
      "port host dynamic seed errors no-cors ignoreExamples verboseLevel multiprocess json-schema-faker-fillProperties stateful seed-data delay fail lenient no-validate no-auth https cross-origin-refs log help";
    for (const flag of flags.split(" ")) expect(output).toContain(`--${flag}`);
    for (const name of ["code", "example", "dynamic", "seed", "delay", "validate", "auth"]) {
      expect(output).toContain(`Prefer: ${name}=`);
      expect(output).toContain(`?__${name}=`);
    }
  });
});
