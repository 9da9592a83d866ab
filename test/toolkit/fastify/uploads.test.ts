import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { serve, start } from "./serve.ts";

const ok = { 200: { description: "ok", content: { "text/plain": { schema: { type: "string" } } } } };
const post = (operationId: string, content: object, required = true) => ({
  post: { operationId, requestBody: { required, content }, responses: ok },
});
const bytes = { type: "string", format: "binary" };
const thing = { type: "object", required: ["id"], properties: { id: { type: "integer" } } };
const contract = {
  openapi: "3.1.0",
  info: { title: "Uploads", version: "1" },
  paths: {
    "/file": post("upload", { "application/octet-stream": { schema: bytes } }),
    "/optional": post("optional", { "application/octet-stream": { schema: bytes } }, false),
    "/image": post("image", { "image/*": { schema: { contentMediaType: "image/*" } } }),
    "/short": post("short", { "image/png": { schema: { type: "string", maxLength: 4 } } }),
    "/anything": post("anything", { "*/*": {} }),
    "/lines": post("lines", { "application/x-ndjson": { schema: thing } }),
    "/list": post("list", { "application/jsonl": { schema: { type: "array", items: thing, maxItems: 2 } } }),
    "/form": post("form", {
      "multipart/form-data": {
        schema: {
          type: "object",
          required: ["file"],
          additionalProperties: false,
          properties: {
            file: { ...bytes, minLength: 2, maxLength: 90_000 },
            more: { type: "array", items: bytes },
            count: { type: "integer" },
            about: { type: "object", properties: { title: { type: "string" } } },
          },
        },
      },
    }),
    "/either": post("either", {
      "application/json": { schema: { type: "object" } },
      "application/zip": {},
    }),
  },
};
const headers = { "content-type": "application/octet-stream" };

/** What the handlers do next with their body. */
let take: (body: unknown) => unknown;
const handle = async ({ body }: { body: unknown }) => ({ status: 200, body: String(await take(body)) });
const ids = ["upload", "optional", "image", "short", "anything", "lines", "list", "form", "either"];
const { app, url, send } = await start(contract, {
  handlers: Object.fromEntries(ids.map((id) => [id, handle])),
  server: { bodyLimit: 100_000 },
});
afterAll(() => app.close());
const inHex = async (body: unknown) =>
  body instanceof Readable ? (await buffer(body)).toString("hex") : JSON.stringify(body);
beforeEach(() => {
  take = inHex;
});

/** A request whose body the test sends piece by piece. */
function begin(path: string, more: Record<string, string> = {}) {
  const { port } = app.server.address() as AddressInfo;
  const asked = httpRequest({ port, method: "POST", path, headers: { ...headers, ...more }, agent: false });
  const answered = once(asked, "response").then(async ([response]) => ({
    status: response.statusCode as number,
    text: (await buffer(response)).toString(),
  }));
  answered.catch(() => {});
  return { asked, answered };
}

describe("a file reaches its handler as a stream", () => {
  test.each([
    ["/file", "application/octet-stream"],
    ["/optional", "application/octet-stream"],
    ["/image", "image/webp"],
    ["/short", "image/png"],
    ["/anything", "application/pdf"],
    ["/either", "application/zip"],
  ])("of its bytes: %s", async (path, type) => {
    const raw = new Uint8Array([0, 1, 255]);
    expect(await send("POST", path, { raw, headers: { "content-type": type } })).toMatchObject({
      status: 200,
      text: "0001ff",
    });
  });

  test("what is read by its media type stays what it is", async () => {
    expect((await send("POST", "/either", { json: { a: 1 } })).text).toBe('{"a":1}');
    expect((await send("POST", "/anything", { json: [1] })).text).toBe("[1]");
  });

  test("which begins before the body has ended", async () => {
    const { asked, answered } = begin("/file");
    let begun: (chunk: unknown) => void = () => {};
    const first = new Promise((resolve) => {
      begun = resolve;
    });
    take = async (body) => {
      const chunks = [];
      for await (const chunk of body as Readable) {
        begun(chunk);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    };
    asked.write("a");
    expect(await first).toEqual(Buffer.from("a"));
    asked.end("b");
    expect(await answered).toEqual({ status: 200, text: "ab" });
  });

  test("decoded, where it came compressed", async () => {
    const raw = gzipSync("text");
    expect(
      await send("POST", "/file", { raw, headers: { ...headers, "content-encoding": "gzip" } }),
    ).toMatchObject({
      text: Buffer.from("text").toString("hex"),
    });
    expect(
      await send("POST", "/file", { raw: "no gzip", headers: { ...headers, "content-encoding": "gzip" } }),
    ).toMatchObject({ status: 415 });
  });

  test.each([{}, { "transfer-encoding": "chunked" }])("an empty one is no body (%j)", async (more) => {
    expect((await send("POST", "/file", { raw: "", headers: { ...headers, ...more } })).status).toBe(400);
    expect((await send("POST", "/optional", { raw: "", headers: { ...headers, ...more } })).status).toBe(200);
  });

  test("another media type is refused", async () => {
    expect((await send("POST", "/image", { raw: "x", headers })).status).toBe(415);
    expect((await send("POST", "/file", { raw: "x", headers: {} })).status).toBe(415);
  });
});

describe("a stream is bounded", () => {
  const large = Buffer.alloc(100_001);

  test("by the body limit, whether its length is told before or not", async () => {
    let read = 0;
    take = async (body) => {
      for await (const chunk of body as Readable) read += chunk.length;
    };
    expect((await send("POST", "/file", { raw: large, headers })).status).toBe(413);
    expect(read).toBe(0);
    const chunked = { ...headers, "transfer-encoding": "chunked" };
    expect((await send("POST", "/file", { raw: large, headers: chunked })).status).toBe(413);
    expect(read).toBeLessThanOrEqual(100_000);
  });

  test("by what a compressed body becomes", async () => {
    const sent = { raw: gzipSync(large), headers: { ...headers, "content-encoding": "gzip" } };
    expect((await send("POST", "/file", sent)).status).toBe(413);
  });

  test("by the schema's maxLength, in bytes", async () => {
    const png = { "content-type": "image/png" };
    expect((await send("POST", "/short", { raw: "1234", headers: png })).status).toBe(200);
    expect(await send("POST", "/short", { raw: "12345", headers: png })).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["body"], keyword: "maxLength" }] },
    });
  });
});

describe("a handler that does not read to the end", () => {
  test.each([
    ["answers before", () => "early"],
    [
      "takes the first bytes",
      async (body: unknown) => {
        for await (const _ of body as Readable) return "some";
      },
    ],
  ])("%s: the connection serves the next request", async (_, next) => {
    take = next as typeof take;
    const { Agent } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { port } = app.server.address() as AddressInfo;
    const ask = () =>
      new Promise<{ status: number | undefined; isReused: boolean }>((resolve, reject) => {
        const asked = httpRequest({ port, method: "POST", path: "/file", headers, agent }, (response) => {
          response.resume();
          response.on("end", () => resolve({ status: response.statusCode, isReused: asked.reusedSocket }));
        });
        asked.on("error", reject);
        asked.end(Buffer.alloc(90_000));
      });
    expect(await ask()).toEqual({ status: 200, isReused: false });
    expect(await ask()).toEqual({ status: 200, isReused: true });
    agent.destroy();
  });
});

describe("lines of JSON", () => {
  const lines = { "content-type": "application/x-ndjson" };
  const inTurn = async (body: unknown) => {
    const taken = [];
    for await (const item of body as AsyncIterable<unknown>) taken.push(item);
    return JSON.stringify(taken);
  };

  test("reach their handler one by one, before the body has ended", async () => {
    let taken: (item: unknown) => void = () => {};
    const first = new Promise((resolve) => {
      taken = resolve;
    });
    take = async (body) => {
      const items = [];
      for await (const item of body as AsyncIterable<unknown>) {
        taken(item);
        items.push(item);
      }
      return JSON.stringify(items);
    };
    const { asked, answered } = begin("/lines", lines);
    asked.write('{"id":1}\n{"i');
    expect(await first).toEqual({ id: 1 });
    asked.end('d":2}\r\n\n{"id":3}');
    expect(await answered).toEqual({ status: 200, text: '[{"id":1},{"id":2},{"id":3}]' });
  });

  test.each([
    ['{"id":1}\n{"id":"x"}\n', { violations: [{ location: ["body", "1", "id"], keyword: "type" }] }],
    ['{"id":1}\n{"id":\n', { message: "The item 1 of the body is not well-formed JSON." }],
    ['{"id":9007199254740993}', { message: expect.stringContaining("beyond 2^53") }],
    [Buffer.from([0x22, 0xff, 0x22]), { message: "The item 0 of the body is not valid UTF-8." }],
  ])("%s: what is wrong is told with its place", async (raw, told) => {
    take = inTurn;
    expect(await send("POST", "/lines", { raw, headers: lines })).toMatchObject({ status: 400, body: told });
  });

  test("letters whose bytes come apart stay whole", async () => {
    take = inTurn;
    const { asked, answered } = begin("/lines", lines);
    const sent = Buffer.from('{"id":1,"name":"é"}');
    for (const byte of sent) asked.write(Buffer.from([byte]));
    asked.end();
    expect((await answered).text).toBe('[{"id":1,"name":"é"}]');
  });

  test("within the body limit", async () => {
    take = inTurn;
    const raw = '{"id":1}\n'.repeat(20_000);
    expect(
      (await send("POST", "/lines", { raw, headers: { ...lines, "transfer-encoding": "chunked" } })).status,
    ).toBe(413);
  });

  test("are a list, where their schema is one", async () => {
    const list = { headers: { "content-type": "application/jsonl" } };
    expect((await send("POST", "/list", { raw: '{"id":1}\n{"id":2}\n', ...list })).text).toBe(
      '[{"id":1},{"id":2}]',
    );
    expect((await send("POST", "/list", { raw: '{"id":1}\n'.repeat(3), ...list })).status).toBe(400);
    expect((await send("POST", "/list", { raw: '{"id":1}\n{', ...list })).status).toBe(400);
  });

  test("that are left unread harm nobody", async () => {
    take = async (body) => {
      for await (const item of body as AsyncIterable<unknown>) return JSON.stringify(item);
    };
    expect((await send("POST", "/lines", { raw: '{"id":1}\n'.repeat(9000), headers: lines })).text).toBe(
      '{"id":1}',
    );
  });
});

describe("a form's files", () => {
  const tell = async (body: unknown) => {
    const { file, more = [], ...others } = body as { file: File; more?: File[] };
    const told = await Promise.all(
      [file, ...more].map(async (each) => [each.name, each.type, each.size, (await each.text()).slice(0, 3)]),
    );
    return JSON.stringify({ told, ...others });
  };
  const form = (fields: Record<string, unknown>) => {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields))
      for (const each of [value].flat()) made.append(name, each as string);
    return made;
  };
  const sendForm = async (body: FormData | string, more: RequestInit = {}) => {
    const response = await fetch(`${url}/form`, { method: "POST", body, ...more });
    return { status: response.status, body: (await response.json()) as { message?: string } };
  };
  const leftBehind = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("upload-"));

  test("are Files with their names and types, small and large, beside typed fields", async () => {
    take = tell;
    const before = await leftBehind();
    const { body } = await sendForm(
      form({
        count: "3",
        file: new File(["abc".repeat(25_000)], "../a é.bin", { type: "image/png" }),
        about: new Blob(['{"title":"x"}'], { type: "application/json" }),
        more: [new File(["one"], "1.txt", { type: "text/plain" }), new Blob(["two"])],
      }),
    );
    expect(body).toEqual({
      told: [
        ["a é.bin", "image/png", 75_000, "abc"],
        ["1.txt", "text/plain", 3, "one"],
        ["blob", "application/octet-stream", 3, "two"],
      ],
      count: 3,
      about: { title: "x" },
    });
    await expect.poll(leftBehind).toEqual(before);
  });

  test.each([
    [{ file: new File(["a"], "a") }, "minLength"],
    [{ file: new File(["a".repeat(90_001)], "a") }, "maxLength"],
    [{ count: "1" }, "required"],
    [{ file: new File(["abc"], "a"), count: "x" }, "type"],
    [{ file: new File(["abc"], "a"), other: new File(["abc"], "a") }, "additionalProperties"],
  ])("are held against their schemas: %j %s", async (fields, keyword) => {
    take = tell;
    expect(await sendForm(form(fields))).toMatchObject({ status: 400, body: { violations: [{ keyword }] } });
  });

  test("come within the body limit", async () => {
    take = tell;
    const written = new Response(
      form({ file: new File(["a".repeat(60_000)], "a"), more: new Blob(["b".repeat(45_000)]) }),
    );
    const type = { "content-type": written.headers.get("content-type") ?? "" };
    const raw = await written.bytes();
    for (const more of [{}, { "transfer-encoding": "chunked" }])
      expect((await send("POST", "/form", { raw, headers: { ...type, ...more } })).status).toBe(413);
  });

  test.each([
    ["multipart/form-data", "--x", "boundary is missing from Content-Type"],
    ["multipart/form-data; boundary=x", "nothing of the kind", "last boundary is missing"],
    [
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
      "last boundary is missing",
    ],
    [
      "multipart/form-data; boundary=x",
      "--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--",
      "part 1 has no name",
    ],
  ])("%s: %s is told to be none", async (type, body, reason) => {
    const told = await sendForm(body, { headers: { "content-type": type } });
    expect(told).toMatchObject({ status: 400, body: { name: "MalformedBodyError" } });
    expect(told.body.message).toContain(reason);
  });

  test("leave nothing behind where the client goes away in their midst", async () => {
    const before = await leftBehind();
    const { asked } = begin("/form", { "content-type": "multipart/form-data; boundary=x" });
    asked.on("error", () => {});
    asked.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
    asked.write("a".repeat(80_000));
    await expect.poll(async () => (await leftBehind()).length).toBe(before.length + 1);
    asked.destroy();
    await expect.poll(leftBehind).toEqual(before);
  });

  test("are the application's own parser's, where it has one", async () => {
    const own = await serve(contract, {
      before: (instance) =>
        instance.addContentTypeParser("multipart/form-data", (request, _payload, done) => {
          buffer(request.raw).then((read) => done(null, { file: read.toString() }), done);
        }),
      handlers: Object.fromEntries(
        ids.map((id) => [id, ({ body }) => ({ status: 200, body: JSON.stringify(body) })]),
      ),
    });
    const response = await fetch(`${own.url}/form`, {
      method: "POST",
      body: form({ file: new File(["abc"], "a") }),
    });
    expect(await response.json()).toEqual({ file: expect.stringContaining("abc") });
  });
});

describe("a client that goes away", () => {
  test("fails the stream for whoever reads it", async () => {
    const failure = new Promise((resolve) => {
      take = async (body) => {
        try {
          for await (const _ of body as Readable) asked.destroy();
        } catch (error) {
          resolve(error);
          throw error;
        }
      };
    });
    const { asked } = begin("/file");
    asked.on("error", () => {});
    asked.write("a");
    expect(await failure).toMatchObject({ name: "MalformedBodyError", statusCode: 400 });
  });

  test("harms nobody where nobody reads", async () => {
    const closed = new Promise((resolve) => {
      take = (body) => {
        const stream = body as Readable;
        stream.on("close", resolve);
        asked.destroy();
        return new Promise(() => {});
      };
    });
    const { asked } = begin("/file");
    asked.on("error", () => {});
    asked.write("a");
    await closed;
    take = inHex;
    expect((await send("POST", "/file", { raw: "a", headers })).status).toBe(200);
  });
});

test("the application's own parser hands on what it likes", async () => {
  const own = await serve(contract, {
    before: (instance) =>
      instance.addContentTypeParser(
        "application/octet-stream",
        { parseAs: "buffer" },
        (_request, body, done) => done(null, body),
      ),
    handlers: {
      ...Object.fromEntries(ids.map((id) => [id, handle])),
      upload: ({ body }) => ({ status: 200, body: (body as Buffer).toString("hex") }),
    },
  });
  expect((await own.send("POST", "/file", { raw: new Uint8Array([0, 255]), headers })).text).toBe("00ff");
  expect(url).not.toBe(own.url);
});
