import { XMLParser, XMLValidator } from "fast-xml-parser";
import { afterEach, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract } from "./contract.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

const xml = (content: object) => ({
  get: { responses: { 200: { description: "ok", content: { "application/xml": content } } } },
});

async function answered(content: object, schemas: object = {}): Promise<string> {
  mock = await createMock(contract({ "/": xml(content) }, { components: { schemas } }), { port: false });
  const response = await mock.fetch("/");
  expect(response.headers.get("content-type")).toBe("application/xml");
  const text = await response.text();
  expect(XMLValidator.validate(text), text).toBe(true);
  return text;
}

describe("an answer in XML", () => {
  test("is well-formed whatever its names and texts are", async () => {
    const example = {
      ...{ "first name": "a", "1st": "b", "a&b": "c", "": "d", "<x>": "e", "a:b": "f", ünï: "g" },
      ...{
        text: "<&>\"'\u0001\u001b",
        deep: { "-": [1, { "?": null }] },
        none: null,
        "xml:lang": "h",
        "#text": "i",
      },
    };
    const text = await answered({ example });
    expect(text).toContain("<first_x0020_name>a</first_x0020_name><_x0031_st>b</_x0031_st>");
    expect(text).toContain("<a_x0026_b>c</a_x0026_b>");
    expect(text).toContain("<ünï>g</ünï>");
    const parsed = new XMLParser().parse(text).xml;
    expect(parsed.text).toBe("<&>\"'\ufffd\ufffd");
  });

  test("has the names, attributes, wrappers and namespaces of its schema", async () => {
    const text = await answered(
      {
        schema: { $ref: "#/components/schemas/Pet" },
        example: {
          id: 5,
          name: 'Rex & "co"',
          tags: ["a", "b"],
          photos: ["c"],
          friends: [{ id: 6 }],
          owner: { city: "Rome" },
        },
      },
      {
        Pet: {
          type: "object",
          properties: {
            id: { type: "integer", xml: { attribute: true } },
            name: { type: "string", xml: { name: "petName", prefix: "p", namespace: "urn:pets" } },
            tags: { type: "array", items: { type: "string", xml: { name: "tag" } }, xml: { wrapped: true } },
            photos: { type: "array", items: { type: "string" }, xml: { name: "ignored" } },
            friends: { type: "array", items: { $ref: "#/components/schemas/Pet" } },
            owner: {
              type: "object",
              xml: { namespace: "urn:owners" },
              properties: { city: { type: "string", xml: { prefix: "unbound" } } },
            },
          },
        },
      },
    );
    expect(text).toBe(
      '<Pet id="5"><p:petName xmlns:p="urn:pets">Rex &amp; &quot;co&quot;</p:petName><tags><tag>a</tag><tag>b</tag></tags><photos>c</photos><friends id="6"/><owner xmlns="urn:owners"><city>Rome</city></owner></Pet>',
    );
  });

  test("has one root around a list, and the root's own name", async () => {
    const schema = {
      type: "array",
      xml: { name: "pets", wrapped: true },
      items: { type: "string", xml: { name: "pet" } },
    };
    expect(await answered({ schema, example: ["a", "b"] })).toBe("<pets><pet>a</pet><pet>b</pet></pets>");
    await mock?.close();
    expect(await answered({ example: [1, 2] })).toBe("<xml><xml>1</xml><xml>2</xml></xml>");
  });

  test("is read back as the value it was written from", async () => {
    const schema = {
      type: "object",
      required: ["a b", "list"],
      properties: {
        "a b": { type: "integer", xml: { name: "ab", attribute: true } },
        list: { type: "array", xml: { wrapped: true }, items: { type: "boolean", xml: { name: "on" } } },
      },
    };
    const example = { "a b": 3, list: [true, false] };
    const path = xml({ schema, example });
    mock = await createMock(
      contract({
        "/": {
          ...path,
          post: {
            requestBody: { content: { "application/xml": { schema } } },
            responses: { 200: { description: "ok" } },
          },
        },
      }),
      { port: false },
    );
    const body = await (await mock.fetch("/")).text();
    const init = { method: "POST", body, headers: { "content-type": "application/xml" } };
    expect((await mock.fetch("/", init)).headers.get("sl-violations")).toBeNull();
  });
});
