import { readFile } from "node:fs/promises";
import openapiTypeScript, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";
import { handlerContract } from "../../fixtures/typed.ts";

test("the types that the type tests use are those of their contract", async () => {
  const generated = astToString(await openapiTypeScript(handlerContract as never));
  const committed = await readFile(new URL("../../fixtures/typed-operations.d.ts", import.meta.url), "utf8");
  const withoutLayout = (text: string) => text.replaceAll(/\s+/g, " ").trim();
  expect(withoutLayout(committed)).toBe(withoutLayout(generated));
});
