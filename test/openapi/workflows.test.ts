import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hosts } from "./hosts.ts";

const workflows = globSync("openapi/workflows/*.arazzo.yaml").sort();
const severity = ["STATUS_CODE_CHECK", "SCHEMA_CHECK", "SUCCESS_CRITERIA_CHECK", "CONTENT_TYPE_CHECK"]
  .map((check) => `${check}=error`)
  .join(",");

test.each(Object.entries(hosts))(
  "%s goes through every journey of openapi/workflows as the contract says",
  async (_name, start) => {
    const { url, token } = await start();
    const args = ["--server", `api=${url}`, "--input", `token=${await token()}`, "--severity", severity];
    const { stdout } = await promisify(execFile)("redocly", ["respect", ...workflows, ...args], {
      env: { ...process.env, REDOCLY_TELEMETRY: "off", NO_COLOR: "1" },
      maxBuffer: 2 ** 26,
    }).catch((error: { stdout: string }) => error);
    expect(stdout.match(/Workflows: .*/g), stdout).toEqual(
      workflows.map(() => expect.not.stringMatching(/failed/)),
    );
    expect(workflows.length).toBeGreaterThan(5);
  },
  120_000,
);
