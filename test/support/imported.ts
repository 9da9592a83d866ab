import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
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

let original: Promise<{ readonly folder: string; readonly path: string }> | undefined;

afterAll(async () => {
  if (original !== undefined) await rm((await original).folder, { recursive: true });
});

/** The environment of a database that holds `lines`: a copy of one that is imported once for a test file. */
export async function imported() {
  original ??= importOriginal();
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  await copyFile((await original).path, env.DATABASE_URL.slice("sqlite:".length));
  return env;
}

/** Likewise, of one that has keys of its own. */
export async function importedAnew() {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  await importTo(env);
  return env;
}

async function importOriginal() {
  const folder = await mkdtemp(join(tmpdir(), "imported-"));
  const path = join(folder, "test.sqlite");
  await importTo({ DATABASE_URL: `sqlite:${path}`, ENCRYPTION_KEYS: oldKey });
  return { folder, path };
}

async function importTo(env: Readonly<Record<string, string>>): Promise<void> {
  const { code } = await runToEnd(["import", await fileOf(text)], env);
  expect(code).toBe(0);
}
