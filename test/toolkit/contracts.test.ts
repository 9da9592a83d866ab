import { expect, test } from "vitest";
import { examine } from "../../scripts/contracts/examine.ts";

const examples = "node_modules/@readme/oas-examples";

// The whole table is `npm run test:contracts`, and docs/contracts.md.
test.each([
  "3.1/json/train-travel",
  "3.1/json/petstore",
  "3.1/json/petstore-simple",
  "3.1/json/security",
  "3.1/json/schema-encoding-style",
  "3.1/json/webhooks",
  "3.0/json/callbacks",
  "3.0/json/discriminators",
  "3.0/json/file-uploads",
  "3.0/json/form-data",
  "3.0/json/link-example",
  "3.0/json/parameters-common",
  "3.0/json/polymorphism",
  "3.0/json/uspto",
])(
  "%s, which nobody here wrote, is served, mocked as an independent validator wants it, and its mock conforms",
  async (name) => {
    expect(await examine(`${examples}/${name}.json`, 150)).toMatchObject({
      reader: { ok: true },
      lenient: { ok: true },
      mocked: { ok: true },
      answers: { wrong: [] },
      conforms: { ok: true },
      conformance: { findings: [] },
    });
  },
);
