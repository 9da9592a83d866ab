import { expect, test } from "vitest";
import { readDocument } from "../../../toolkit/openapi/load-document.ts";
import { ContractSchema } from "../../../toolkit/openapi/schema.ts";
import { sharedSchema } from "../../../toolkit/openapi/shared-schema.ts";

const info = { title: "Shared", version: "1" };
const toPet = { $ref: "#/components/schemas/Pet" };

test("schemas that are the same reference and nothing else are one, in each direction", async () => {
  const schemas = {
    Pet: { type: "object" },
    One: { ...toPet },
    Other: { ...toPet },
    Told: { ...toPet, title: "Told" },
  };
  const document = await readDocument({ openapi: "3.1.0", info, paths: {}, components: { schemas } });
  const schemaOf = (name: string, direction: "request" | "response" = "response") => {
    const pointer = `#/components/schemas/${name}`;
    return new ContractSchema(document, { pointer, value: document.at(pointer)?.value }, direction);
  };

  const one = sharedSchema(schemaOf("One"));
  expect(sharedSchema(schemaOf("Other"))).toBe(one);
  expect(sharedSchema(schemaOf("Other", "request"))).not.toBe(one);
  for (const name of ["Pet", "Told"]) {
    const own = schemaOf(name);
    expect(sharedSchema(own)).toBe(own);
  }
});

test("where dynamic anchors may lead a reference elsewhere, every schema stays its own", async () => {
  const schemas = {
    Pet: { $id: "https://example.com/pet", $dynamicAnchor: "item", type: "object" },
    One: toPet,
  };
  const document = await readDocument({ openapi: "3.1.0", info, paths: {}, components: { schemas } });
  const pointer = "#/components/schemas/One";
  const schemaOf = () =>
    new ContractSchema(document, { pointer, value: document.at(pointer)?.value }, "response");
  sharedSchema(schemaOf());
  const own = schemaOf();
  expect(sharedSchema(own)).toBe(own);
});
