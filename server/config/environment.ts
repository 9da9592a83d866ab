import { readFileSync } from "node:fs";

/** Variables by their names, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Those that hold a secret, which a file may hold in their place: `<name>_FILE`, as Docker and Kubernetes mount it. */
const fromFiles = new Set(["ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL", "DELIVERY_WEBHOOK_SECRET"]);

/**
 * The value of a variable, or what the file holds that `<name>_FILE` names; undefined where it is empty. White space
 * around it does not count: env files with Windows' line ends leave some behind, and editors end a file with some.
 *
 * @throws Error in half a sentence that repeats no value
 */
export function readVariable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim() || undefined;
  const path = fileOf(env, name);
  if (path === undefined) return value;
  if (value !== undefined) throw new Error(`${name} and ${name}_FILE are both set: unset one`);
  return readText(path, name) || fail(`${name}_FILE names a file that is empty: write ${name} into it`);
}

/** The path in `<name>_FILE`. */
export function fileOf(env: Environment, name: string): string | undefined {
  return fromFiles.has(name) ? env[`${name}_FILE`]?.trim() || undefined : undefined;
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(`${name}_FILE names a file that cannot be read (${code}): let this user read ${path}`);
  }
}

function fail(message: string): never {
  throw new Error(message);
}
