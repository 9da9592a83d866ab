import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../../support/command.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { createSigningKey, startHttpIssuer } from "../security/http-issuer.ts";

const key = Buffer.alloc(32, 9).toString("base64");

test("prints what follows from the environment and tries what it names, and changes nothing", async () => {
  const issuer = await startHttpIssuer();
  issuer.publish(await createSigningKey("one"));
  const path = join(await temporaryFolder(), "test.sqlite");
  const env = {
    DATABASE_URL: `sqlite:${path}`,
    ISSUER: issuer.url,
    AUDIENCE: "api",
    ENCRYPTION_KEYS: `k1:${key}`,
    PORT: "8080",
  };
  const { code, stdout, stderr } = await runToEnd(["config", "check"], env);
  await issuer.goDown();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const line of ["port: 8080", 'encryptionKeys: ["k1"]', "database: answers", "issuer: answers"])
    expect(stdout).toContain(`${line}\n`);
  expect(stdout).not.toContain(key);
  expect(existsSync(path)).toBe(false);
});

test("tells what does not answer, and no password", async () => {
  const path = join(await temporaryFolder(), "test.sqlite");
  await writeFile(path, "not a database ".repeat(100));
  const env = {
    ISSUER: "http://127.0.0.1:1/",
    AUDIENCE: "api",
    ENCRYPTION_KEYS: `k1:${key}`,
    REDIS_URL: "redis://user:hunter2@127.0.0.1:1",
  };
  const { code, stdout, stderr } = await runToEnd(["config", "check"], {
    ...env,
    DATABASE_URL: `sqlite:${path}`,
  });
  expect(code).toBe(1);
  expect(stderr).toBe("Not usable: database, issuer, Redis; what each says stands above.\n");
  expect(stdout).toMatch(/^database: file is not a database$/m);
  const postgres = { ...env, DATABASE_URL: "postgres://me:hunter2@127.0.0.1:1/x?password=hunter2" };
  expect((await runToEnd(["config", "check"], postgres)).stdout).toMatch(/^database: .*ECONNREFUSED/m);
  for (const output of [stdout, stderr]) expect(output).not.toContain("hunter2");
});

test("refuses an environment that serve would refuse", async () => {
  const { code, stderr } = await runToEnd(["config", "check"], { NODE_ENV: "prod" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^NODE_ENV must be/);
});
