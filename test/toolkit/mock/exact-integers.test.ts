import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

const long = "9223372036854775807";
const near = "9223372036854775806";
const asYaml = `
openapi: 3.1.0
info: { title: t, version: "1" }
components:
  schemas:
    Item:
      type: object
      required: [id, size]
      properties:
        id: { type: integer, format: int64, maximum: ${long}, example: ${long} }
        size: { type: integer, default: -${long} }
        kind: { enum: [${near}, ${long}] }
paths:
  /example: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Item" }, example: { id: ${long}, size: ${near}, kind: ${near} } } } } } } }
  /sample: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } } } } } }
  /header: { get: { responses: { "200": { description: ok, headers: { X-Id: { schema: { type: integer, example: ${long} } } }, content: { application/xml: { example: { id: ${long} } } } } } } }
  /items:
    get: { responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { $ref: "#/components/schemas/Item" } } } } } } }
    post:
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } } }
      responses: { "201": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } } } }
  /items/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, format: int64 } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Item" } } } } }
`;

/** The same in JSON, its digits as they are. */
async function asJson(): Promise<string> {
  const { parse } = await import("yaml");
  const document: unknown = parse(asYaml, { intAsBigInt: true });
  return JSON.stringify(document, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  ).replace(/"(-?\d+)n"/g, "$1");
}

describe.each(["YAML", "JSON"])("integers of 64 bits keep their digits, from %s,", (format) => {
  async function text(path: string, init?: RequestInit): Promise<string> {
    if (mock === undefined) {
      const file = join(await temporaryFolder(), `openapi.${format.toLowerCase()}`);
      await writeFile(file, format === "YAML" ? asYaml : await asJson());
      mock = await createMock(file, { port: false, stateful: true });
    }
    const response = await mock.fetch(path, init);
    expect(response.headers.get("sl-violations")).toBeNull();
    expect(response.status).toBeLessThan(300);
    return `${response.headers.get("x-id") ?? ""}${await response.text()}`;
  }
  afterEach(() => {
    mock = undefined;
  });

  test("in examples", async () => {
    expect(await text("/example")).toBe(`{"id":${long},"size":${near},"kind":${near}}`);
  });

  test("in samples", async () => {
    expect(await text("/sample")).toBe(`{"id":${long},"size":-${long},"kind":${near}}`);
  });

  test("in headers and in XML", async () => {
    expect(await text("/header")).toBe(`${long}<xml><id>${long}</id></xml>`);
  });

  test("through state, told from their neighbours", async () => {
    for (const id of [long, near]) {
      const body = `{"id":${id},"size":${id}}`;
      await text("/items", { method: "POST", body, headers: { "content-type": "application/json" } });
    }
    for (const id of [long, near]) expect(await text(`/items/${id}`)).toContain(`{"id":${id},"size":${id}`);
    expect(await text("/items")).toContain(near);
  });

  test("in the document it serves", async () => {
    expect(await text("/openapi.json")).toContain(`"example": ${long}`);
  });
});
