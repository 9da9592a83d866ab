import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { afterFile } from "./after-file.ts";
import { runToEnd } from "./command.ts";
import { newDatabaseUrl, oldKey } from "./database.ts";
import { phone, totp } from "./methods.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ada = { user_id: "auth0|ada", user: { connection: "Username-Password-Authentication" } };

/** A user and two methods, as an import takes and an export gives them. */
export const lines = [ada, { user_id: "auth0|ada", ...phone() }, { user_id: "auth0|ada", ...totp() }];
export const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** A file that holds `content`. */
export async function fileOf(content: string): Promise<string> {
  const path = join(await temporaryFolder(), "lines.jsonl");
  await writeFile(path, content);
  return path;
}

/** The path of this test file's. */
let original: Promise<string> | undefined;

/** The environment of a database that holds `lines`: a copy of one that is imported once for a test file. */
export async function imported() {
  original ??= importOriginal();
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  await copyFile(await original, env.DATABASE_URL.slice("sqlite:".length));
  return env;
}

/** Likewise, of one that has keys of its own. */
export async function importedAnew() {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  await importTo(env);
  return env;
}

async function importOriginal(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "imported-"));
  afterFile(() => {
    original = undefined;
    return rm(folder, { recursive: true });
  });
  const path = join(folder, "test.sqlite");
  await importTo({ DATABASE_URL: `sqlite:${path}`, ENCRYPTION_KEYS: oldKey });
  return path;
}

async function importTo(env: Readonly<Record<string, string>>): Promise<void> {
  const { code } = await runToEnd(["import", await fileOf(text)], env);
  expect(code).toBe(0);
}
