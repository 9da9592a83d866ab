import { expect, test } from "vitest";
import { readDocument } from "../../../toolkit/openapi/load-document.ts";
import { ContractSchema } from "../../../toolkit/openapi/schema.ts";
import { sharedSchema } from "../../../toolkit/openapi/shared-schema.ts";

const toPet = { $ref: "#/components/schemas/Pet" };

/** Gives the schemas of a document anew each time, by name. */
async function reader(schemas: object) {
  const info = { title: "Shared", version: "1" };
  const document = await readDocument({ openapi: "3.1.0", info, paths: {}, components: { schemas } });
  return (name: string, direction: "request" | "response" = "response") => {
    const pointer = `#/components/schemas/${name}`;
    return new ContractSchema(document, { pointer, value: document.at(pointer)?.value }, direction);
  };
}

test("schemas that are written alike are one, in each direction", async () => {
  const schemaOf = await reader({
    Pet: { type: "object" },
    One: toPet,
    Other: { ...toPet },
    Told: { ...toPet, title: "Told" },
    Pets: { type: "array", items: toPet },
    More: { type: "array", items: toPet },
  });
  const one = sharedSchema(schemaOf("One"));
  expect(sharedSchema(schemaOf("Other"))).toBe(one);
  expect(sharedSchema(schemaOf("Other", "request"))).not.toBe(one);
  expect(sharedSchema(schemaOf("Told"))).not.toBe(one);
  expect(sharedSchema(schemaOf("More"))).toBe(sharedSchema(schemaOf("Pets")));
});

test("where dynamic anchors may lead a reference elsewhere, every schema stays its own", async () => {
  const Pet = { $id: "https://example.com/pet", $dynamicAnchor: "item", type: "object" };
  const schemaOf = await reader({ Pet, One: toPet });
  sharedSchema(schemaOf("One"));
  const own = schemaOf("One");
  expect(sharedSchema(own)).toBe(own);
});
