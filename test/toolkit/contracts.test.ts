import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../../scripts/contracts/check-document.ts", import.meta.url));

// The whole table is `npm run test:contracts`.
test.each(["train-travel", "petstore", "webhooks"])(
  "%s, which nobody here wrote, is served, and mocked as an independent validator wants it",
  async (name) => {
    const file = `node_modules/@readme/oas-examples/3.1/json/${name}.json`;
    const { stdout } = await promisify(execFile)(process.execPath, [program, file]);
    expect(JSON.parse(stdout)).toMatchObject({
      reader: { ok: true },
      lenient: { ok: true },
      mocked: { ok: true },
      answers: { wrong: [] },
    });
  },
);
