import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { maskedScopes, startServer } from "../support/server.ts";

test("the server goes through every journey of openapi/workflows as the contract says", async () => {
  const server = await startServer();
  const { stdout } = await promisify(execFile)(
    "redocly",
    [
      "respect",
      "openapi/workflows/enrolment.arazzo.yaml",
      "--server",
      `api=${server.origin}/api/v2`,
      "--input",
      `token=${await server.token(maskedScopes)}`,
    ],
    { env: { ...process.env, REDOCLY_TELEMETRY: "off", NO_COLOR: "1" } },
  );
  expect(stdout).toMatch(/Workflows: 1 passed, 1 total/);
});
