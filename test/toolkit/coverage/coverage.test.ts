import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fastify from "fastify";
import { describe, expect, test } from "vitest";
import {
  coverageHtml,
  coveragePlugin,
  coverageText,
  type Exchange,
  Recorder,
  readHar,
  recordingFetch,
  reportCoverage,
} from "../../../toolkit/coverage/index.ts";
import { readDocument } from "../../../toolkit/openapi/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const pet = {
  type: "object",
  additionalProperties: false,
  required: ["kind"],
  properties: { kind: { type: "string", enum: ["cat", "dog"] }, name: { type: "string", minLength: 2 } },
};
const contract = {
  openapi: "3.1.0",
  info: { title: "Pets", version: "1.0.0" },
  paths: {
    "/pets": {
      post: {
        operationId: "createPet",
        security: [{ bearer: ["write"] }],
        parameters: [{ name: "page", in: "query", required: true, schema: { type: "integer", maximum: 9 } }],
        requestBody: {
          required: true,
          content: {
            "application/json": { schema: pet, examples: { tom: { value: { kind: "cat", name: "Tom" } } } },
          },
        },
        responses: {
          201: {
            description: "Created.",
            headers: { "X-Id": { schema: { type: "string" } } },
            content: {
              "application/json": {
                schema: {
                  oneOf: [{ type: "string" }, { type: "object", properties: { id: { type: "integer" } } }],
                },
              },
            },
          },
          400: { description: "Not as it should be." },
          401: { description: "Who?" },
          403: { description: "No." },
        },
      },
    },
  },
  components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
};
const document = readDocument(contract);

function exchange(
  status: number,
  body?: unknown,
  more: Partial<Exchange> & { readonly answer?: unknown } = {},
): Exchange {
  const { answer, ...rest } = more;
  return {
    method: "POST",
    url: "http://localhost/pets?page=1",
    requestHeaders: new Headers(body === undefined ? {} : { "content-type": "application/json" }),
    requestBody: body === undefined ? "" : JSON.stringify(body),
    status,
    responseHeaders: new Headers(answer === undefined ? {} : { "content-type": "application/json" }),
    responseBody: answer === undefined ? "" : JSON.stringify(answer),
    ...rest,
  };
}

/** What is left uncovered after these. */
function missing(...exchanges: Exchange[]): string[] {
  const recorder = new Recorder(document);
  for (const each of exchanges) recorder.record(each);
  return reportCoverage(document, recorder.hits).missing.map(({ id }) => id);
}

const place = "POST /pets";
const request = "request #/paths/~1pets/post/requestBody/content/application~1json/schema".replaceAll(
  "~1",
  "~1",
);
const token = (scope: string) =>
  new Headers({
    authorization: `Bearer x.${Buffer.from(JSON.stringify({ scope })).toString("base64url")}.x`,
    "content-type": "application/json",
  });

describe("one exchange covers", () => {
  const all = missing();
  const covered = (...exchanges: Exchange[]) => {
    const left = new Set(missing(...exchanges));
    return all
      .filter((id) => !left.has(id))
      .map((id) => decodeURIComponent(id).replace(decodeURIComponent(request), "body"));
  };

  test("its operation, parameter, media types, status, header, properties, value, branch and example", () => {
    const sent = exchange(
      201,
      { kind: "cat", name: "Tom" },
      {
        answer: { id: 1 },
        responseHeaders: new Headers({ "content-type": "application/json", "x-id": "1" }),
        responseBody: '{"id":1}',
      },
    );
    expect(covered(sent)).toEqual(
      expect.arrayContaining([
        place,
        `${place} parameter query page`,
        `${place} request application/json`,
        `${place} request application/json example tom`,
        `${place} response 201`,
        `${place} response 201 application/json`,
        `${place} response 201 header X-Id`,
        "body/properties/kind",
        "body/properties/name",
        'body/enum/0 "cat"'.replace("body/", "body/properties/kind/"),
      ]),
    );
    expect(covered(sent).filter((id) => /oneOf\/\d$/.test(id))).toEqual([expect.stringMatching(/oneOf\/1$/)]);
    expect(covered(sent).some((id) => id.endsWith("broken") || id.endsWith("left out"))).toBe(false);
  });

  test.each<[string, Exchange, string]>([
    ["a required property left out", exchange(400, { name: "Tom" }), "body/required kind left out"],
    ["a short name", exchange(400, { kind: "cat", name: "T" }), "body/properties/name/minLength broken"],
    ["a value that is none of the enum", exchange(400, { kind: "cow" }), "body/properties/kind/enum broken"],
    ["one property too many", exchange(400, { kind: "cat", age: 3 }), "body/additionalProperties broken"],
    ["a body of another type", exchange(400, []), "body/type broken"],
    ["no body", exchange(400), `${place} body left out`],
    [
      "a parameter beyond its maximum",
      exchange(400, { kind: "cat" }, { url: "/pets?page=10" }),
      `${place} parameter query page maximum`,
    ],
    [
      "a parameter of another type",
      exchange(400, { kind: "cat" }, { url: "/pets?page=x" }),
      `${place} parameter query page type`,
    ],
    [
      "a parameter left out",
      exchange(400, { kind: "cat" }, { url: "/pets" }),
      `${place} parameter query page left out`,
    ],
    ["no credentials", exchange(401, { kind: "cat" }), `${place} without credentials`],
    [
      "a missing scope",
      exchange(403, { kind: "cat" }, { requestHeaders: token("read") }),
      `${place} without the scope write`,
    ],
  ])("%s", (_name, sent, item) => {
    expect(covered(sent)).toContain(item);
    expect(covered({ ...sent, status: 201 })).not.toContain(item);
  });
});

test("says how much, and what is missing, as text and as a page", () => {
  const report = reportCoverage(document, ["POST /pets"]);
  expect(coverageText(report)).toMatch(
    new RegExp(
      `^contract coverage: 1 of ${report.items.length}\\n {2}parameter: POST /pets parameter query page\\n`,
    ),
  );
  expect(coverageHtml(report)).toContain("missing: parameter <code>POST /pets parameter query page</code>");
});

test("leaves out what the contract says to ignore, and asks for the reason", () => {
  const ignore = (reason: unknown) => {
    const changed = structuredClone(contract) as typeof contract;
    Object.assign(changed.paths["/pets"].post.responses[403], { "x-coverage-ignore": reason });
    return reportCoverage(readDocument(changed), []).items.map(({ id }) => id);
  };
  expect(ignore("The proxy answers it.")).not.toContain(`${place} response 403`);
  expect(() => ignore(true)).toThrow("x-coverage-ignore needs a reason");
});

describe("traffic is recorded", () => {
  const serve = async (recorder: Recorder) => {
    const app = fastify();
    await app.register(coveragePlugin, { recorder });
    app.post("/pets", async (_request, reply) => reply.code(201).send({ id: 1 }));
    return app;
  };

  test("by a Fastify plugin", async () => {
    const recorder = new Recorder(document);
    const app = await serve(recorder);
    await app.inject({ method: "POST", url: "/pets?page=1", payload: { kind: "cat" } });
    await app.close();
    expect(recorder.hits).toEqual(
      expect.arrayContaining([
        `${place} response 201`,
        `${place} request application/json`,
        `${place} parameter query page`,
      ]),
    );
  });

  test("by a fetch that hands the answer on", async () => {
    const recorder = new Recorder(document);
    const app = await serve(new Recorder(document));
    const origin = await app.listen({ host: "127.0.0.1", port: 0 });
    const fetch = recordingFetch(recorder);
    const answer = await fetch(
      new Request(`${origin}/pets?page=1`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"kind":"dog"}',
      }),
    );
    expect(await answer.json()).toEqual({ id: 1 });
    await fetch.settled();
    await app.close();
    expect(recorder.hits).toEqual(
      expect.arrayContaining([`${place} response 201 application/json`, `${place} request application/json`]),
    );
  });

  test("from an HTTP Archive, on the command line", async () => {
    const folder = await temporaryFolder();
    const entry = {
      request: {
        method: "POST",
        url: "http://localhost/pets?page=1",
        headers: [
          { name: ":method", value: "POST" },
          { name: "content-type", value: "application/json" },
        ],
        postData: { text: '{"kind":"cat"}' },
      },
      response: { status: 400, headers: [], content: {} },
    };
    await writeFile(join(folder, "har"), JSON.stringify({ log: { entries: [entry] } }));
    await writeFile(join(folder, "openapi.json"), JSON.stringify(contract));
    const command = fileURLToPath(new URL("../../../toolkit/bin/contract-first.js", import.meta.url));
    const args = [
      "coverage",
      join(folder, "openapi.json"),
      "--har",
      join(folder, "har"),
      "--html",
      join(folder, "page.html"),
    ];
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [command, ...args], (error, out) =>
        resolve({ code: error?.code ?? 0, stdout: out }),
      );
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^contract coverage: \d+ of \d+\n/);
    expect(stdout).not.toContain(`${place} response 400\n`);
    expect(stdout).toContain(`status: ${place} response 201\n`);
    expect(await readFile(join(folder, "page.html"), "utf8")).toContain("<h1>Contract coverage: ");
  });

  test("from nothing else", () => {
    expect(() => readHar("{}")).toThrow("The file is no HTTP Archive");
  });
});

describe("a form covers the example that it says", () => {
  const owner = { name: "Ada", tags: ["a", "b"], age: 36, isAdmin: true, home: { city: "London" } };
  const form = (schema: object, value: unknown) =>
    readDocument({
      openapi: "3.1.0",
      info: { title: "Forms", version: "1.0.0" },
      paths: {
        "/forms": {
          post: {
            operationId: "send",
            requestBody: {
              content: { "application/x-www-form-urlencoded": { schema, examples: { one: { value } } } },
            },
            responses: { 204: { description: "Taken." } },
          },
        },
      },
    });
  const example = "POST /forms request application/x-www-form-urlencoded example one";

  test.each([
    [owner, "name=Ada&tags=a&tags=b&age=36&isAdmin=true&home[city]=London", true],
    [owner, "name=Ada&tags[]=a&tags[]=b&age=36&isAdmin=true&home=%7B%22city%22%3A%22London%22%7D", true],
    [owner, "name=Ada&tags=a&age=36&isAdmin=true&home[city]=London", false],
    [owner, "name=Ada&tags=a&tags=b&age=36&isAdmin=false&home[city]=London", false],
    [[{ type: "a" }, { type: "b" }], "0[type]=a&1[type]=b", true],
    [[{ type: "a" }, { type: "b" }], "0[type]=a", false],
    [{}, "", false],
  ])("%j: %s", (value, requestBody, isCovered) => {
    const schema = Array.isArray(value) ? { type: "array" } : { type: "object" };
    const recorder = new Recorder(form(schema, value));
    recorder.record(
      exchange(204, undefined, {
        url: "/forms",
        requestHeaders: new Headers({ "content-type": "application/x-www-form-urlencoded" }),
        requestBody,
      }),
    );
    expect(recorder.hits.includes(example)).toBe(isCovered);
  });
});

test("looks at an exchange again that differs in its headers alone", () => {
  const again = exchange(201, { kind: "cat" }, { responseHeaders: new Headers({ "x-id": "1" }) });
  expect(missing(exchange(201, { kind: "cat" }), again)).not.toContain(`${place} response 201 header X-Id`);
});

test("takes whatever was sent: bodies deeper than the call stack, and what is no URL", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  const sent = [exchange(400, undefined, { requestBody: deep }), exchange(400, {}, { url: "http://[" })];
  const json = new Headers({ "content-type": "application/json" });
  expect(missing(...sent.map((each) => ({ ...each, requestHeaders: json })))).not.toContain(place);
});

test("reads archives as tools write them: fields of forms, what was broken off, odd headers, a byte order mark", () => {
  const request = {
    method: "post",
    url: "http://localhost/pets",
    headers: [{ name: ":authority", value: "x" }],
  };
  const entries = [
    {
      request: { ...request, postData: { params: [{ name: "kind", value: "cat" }, { name: "page" }] } },
      response: { status: 201 },
    },
    { request, response: { status: 0, headers: [] } },
    { request },
    null,
  ];
  expect(readHar(`\uFEFF${JSON.stringify({ log: { entries } })}`)).toEqual([
    expect.objectContaining({ method: "POST", status: 201, requestBody: "kind=cat&page=", responseBody: "" }),
  ]);
});
