import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
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

/** The environment of a database that holds `lines`. */
export async function imported(keys = oldKey) {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: keys };
  const { code } = await runToEnd(["import", await fileOf(text)], env);
  expect(code).toBe(0);
  return env;
}
