import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { runToEnd } from "../../support/command.ts";

describe("bad command lines are refused in one sentence:", () => {
  test.each<[readonly string[], RegExp]>([
    [
      ["copy"],
      /^--from must be sqlite:<path> or postgres:.* \(see authentication-methods copy --help\)\.\n$/,
    ],
    [["copy", "--from", "sqlite:a"], /^--to must be/],
    [["copy", "--from", "sqlite:a", "--to", "mysql://secret@host/x"], /^--to must be/],
    [["copy", "--from", "sqlite:a", "--to", "sqlite:a"], /^--from and --to name the same database/],
    [["copy", "postgres://ada:secret@host/x"], /^Unexpected argument that is a URL \(see/],
    [["copy", "--from"], /^Option '--from <value>' argument missing \(see/],
    [["copy", "--frm", "x"], /^Unknown option '--frm' \(see authentication-methods copy --help\)\.\n$/],
    [["export", "a", "b"], /^Unexpected argument 'b' \(see authentication-methods export --help\)\.\n$/],
    [["import"], /^<file> is missing \(see authentication-methods import --help\)\.\n$/],
    [["migrate", "up"], /^Unexpected argument 'up' \(see authentication-methods migrate --help\)\.\n$/],
    [["serve", "--port", "80"], /^Unknown option '--port' \(see authentication-methods serve --help\)\.\n$/],
    [["token", "all"], /^Unexpected argument 'all' \(see authentication-methods token --help\)\.\n$/],
    [
      ["keys"],
      /^There is nothing to do but rotate or status \(see authentication-methods keys rotate --help\)\.\n$/,
    ],
    [["keys", "forget"], /^There is nothing to do but rotate/],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await runToEnd(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("secret@");
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

test.each(["copy", "count", "export", "import", "keys", "migrate", "serve", "token"])(
  "%s --help tells how it is used",
  async (command) => {
    const { code, stdout } = await runToEnd([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: authentication-methods ${command}\\b`));
  },
);

test.each<[readonly string[], RegExp]>([
  [["copy", "--from", "sqlite:/nowhere/a", "--to", "sqlite:/nowhere/b"], /^\/nowhere\/a does not exist/],
  [
    ["copy", "--from", "postgres://secret@127.0.0.1:1/x", "--to", "sqlite:a"],
    /^Nothing answers at the host and port in --from: /,
  ],
])("what a command line asks for and cannot be done exits with 1: %j", async (args, message) => {
  const { code, stderr } = await runToEnd(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain("secret@");
});

test("no command at all prints the usage and exits with 2", async () => {
  const { code, stdout, stderr } = await runToEnd([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: authentication-methods <command>/);
});

test("--version prints the package's version", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  expect(await runToEnd(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

const systemNode = "/usr/bin/node";
const systemVersion = existsSync(systemNode)
  ? execFileSync(systemNode, ["--version"], { encoding: "utf8" })
  : "";

test.skipIf(!/^v(?:18|20|22)\./.test(systemVersion))("an older Node is told of in one sentence", () => {
  const { status, stderr } = spawnSync(systemNode, ["bin/authentication-methods.js", "serve"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Node 24 or newer is needed, and this is [\d.]+: .*npm ci --include=dev\.\n$/);
});
