import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, chown, glob, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Where Debian's packages keep the programs of the newest PostgreSQL that is installed whole; undefined without. */
export async function debianPrograms(): Promise<string | undefined> {
  const found = await Array.fromAsync(glob("/usr/lib/postgresql/*/bin/pg_basebackup"));
  return found.sort().map(dirname).at(-1);
}

/** A folder in which PostgreSQL's programs run as who they insist on: not as root. */
export class PostgresFolder {
  readonly path: string;
  readonly #path: string;

  private constructor(path: string, programs: string) {
    this.path = path;
    this.#path = `${join(path, "bin")}:${programs}:${process.env.PATH}`;
  }

  static async create(programs: string): Promise<PostgresFolder> {
    const path = await mkdtemp(join(tmpdir(), "debian-postgres-"));
    await chmod(path, 0o755);
    const folder = new PostgresFolder(path, programs);
    await mkdir(join(path, "bin"));
    const main = new URL("../../../server/main.ts", import.meta.url).pathname;
    // The command as it is installed, for what is run as it stands in the documentation.
    const command = `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`;
    await writeFile(join(path, "bin", "authentication-methods"), command, { mode: 0o755 });
    if (isRoot) {
      const { stdout } = await run("id", ["-u", "postgres"]);
      await chown(path, Number(stdout), Number(stdout));
    }
    return folder;
  }

  /** Runs a shell script, as the user of PostgreSQL unless it is for `ourselves`; gives what it printed. */
  async shell(
    script: string,
    env: Readonly<Record<string, string>> = {},
    ourselves = false,
  ): Promise<string> {
    const { stdout } = await run(...this.#command(script, env, ourselves));
    return stdout;
  }

  /** Starts what goes on running, as the user of PostgreSQL. */
  spawn(script: string, env: Readonly<Record<string, string>>): ChildProcess {
    const [program, args, options] = this.#command(script, env, false);
    return spawn(program, args, { ...options, stdio: "ignore" });
  }

  #command(script: string, env: Readonly<Record<string, string>>, ourselves: boolean) {
    const command = ["sh", "-euc", script];
    const [program = "", ...args] =
      isRoot && !ourselves ? ["runuser", "-u", "postgres", "--", ...command] : command;
    const { NODE_ENV: _test, ...inherited } = process.env;
    return [program, args, { cwd: this.path, env: { ...inherited, ...env, PATH: this.#path } }] as const;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
