import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../support/command.ts";
import { createDatabase, execute, type PostgresDatabase } from "../support/postgres.ts";
import { isLong } from "./support/scale.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";
import { canMount, mountTmpfs } from "./support/tmpfs.ts";

/** Each start takes a second; the sentences themselves are tested where they are made. */
const testInLong = test.skipIf(!isLong);

let folder: string;

beforeEach(async () => {
  const { path, remove } = await temporaryFolder();
  folder = path;
  onTestFinished(remove);
});

/** Starts the server, which must end by itself with one sentence. */
async function expectRefusal(env: Readonly<Record<string, string>>, message: RegExp): Promise<void> {
  const started = performance.now();
  const { code, stderr } = await runToEnd(["serve"], {
    PORT: "0",
    DATABASE_URL: `sqlite:${join(folder, "test.sqlite")}`,
    ...env,
  });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^[^\n]+[.!]\n$/);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
  expect(stderr).not.toContain("hunter2");
  expect(code).toBe(1);
  expect(performance.now() - started).toBeLessThan(10_000);
}

describe("a start ends with one sentence and exit code 1 where", () => {
  test.each([
    [
      "the database's URL is of another kind",
      { DATABASE_URL: "mysql://root:hunter2@localhost/db" },
      /DATABASE_URL/,
    ],
    ["the database's URL is none", { DATABASE_URL: "hunter2" }, /DATABASE_URL/],
    ["the issuer is no URL", { ISSUER: "hunter2", AUDIENCE: "a" }, /ISSUER/],
    ["the issuer is not https", { ISSUER: "http://id.example.com/", AUDIENCE: "a" }, /https/],
    [
      "the issuer's key set is not https",
      { ISSUER: "https://id.example.com/", AUDIENCE: "a", JWKS_URI: "http://id.example.com/" },
      /https/,
    ],
    ["a trusted proxy is no address", { TRUST_PROXY: "hunter" }, /TRUST_PROXY/],
    ["the host is no name", { HOST: "no such host" }, /HOST/],
  ])("%s", async (_what, env, message) => {
    await expectRefusal(env, message);
  });

  testInLong("the port for metrics is taken", async () => {
    const port = await listen(createServer());
    await expectRefusal({ METRICS_PORT: String(port) }, /METRICS_PORT/);
  });

  test("the database's file is none", async () => {
    await writeFile(join(folder, "test.sqlite"), "not a database ".repeat(1000));
    await expectRefusal({}, /is not a SQLite database/);
  });

  testInLong("the database's file is damaged", async () => {
    const path = join(folder, "test.sqlite");
    await runToEndOfFirstStart();
    const file = Buffer.alloc(64 * 1024, 0xff);
    Buffer.from("SQLite format 3\0").copy(file);
    await writeFile(path, file);
    await expectRefusal({}, /test\.sqlite/);
  });

  testInLong("the database is of another application", async () => {
    const database = new DatabaseSync(join(folder, "test.sqlite"));
    database.exec("CREATE TABLE invoices (id INTEGER)");
    database.close();
    await expectRefusal({}, /another application/);
  });

  testInLong("the database is of a newer version", async () => {
    await runToEndOfFirstStart();
    const database = new DatabaseSync(join(folder, "test.sqlite"));
    database.exec("PRAGMA user_version = 999");
    database.close();
    await expectRefusal({}, /newer version/);
  });

  test("the database was written with other encryption keys", async () => {
    await runToEndOfFirstStart();
    const other = Buffer.alloc(32, 1).toString("base64");
    await expectRefusal({ ENCRYPTION_KEYS: `other:${other}` }, /key/);
  });

  testInLong.each(["development-issuer.jwk.json", "development-encryption.key"])(
    "%s is damaged",
    async (file) => {
      await writeFile(join(folder, file), "damaged", { mode: 0o600 });
      await expectRefusal({}, new RegExp(file.replaceAll(".", "\\.")));
    },
  );

  test.skipIf(!canMount)("the folder is on a read-only file system", async () => {
    const disk = mountTmpfs("ro,size=1m");
    onTestFinished(() => disk.unmount());
    await expectRefusal({ DATABASE_URL: `sqlite:${disk.path}/data/test.sqlite` }, /make its folder writable/);
    const keys = { ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 1).toString("base64")}` };
    await expectRefusal(
      { DATABASE_URL: `sqlite:${disk.path}/test.sqlite`, ...keys },
      /name a file that can be written in DATABASE_URL/,
    );
  });

  test.skipIf(process.getuid?.() === 0)("the folder cannot be written", async () => {
    const readOnly = join(folder, "read-only");
    await mkdir(readOnly);
    await chmod(readOnly, 0o500);
    await expectRefusal({ DATABASE_URL: `sqlite:${readOnly}/test.sqlite` }, /EACCES/);
  });
});

/** What a server needs that does not make it up. */
const ownIssuerAndKeys = {
  ISSUER: "http://127.0.0.1:1/",
  AUDIENCE: "a",
  ENCRYPTION_KEYS: `a:${Buffer.alloc(32, 1).toString("base64")}`,
};

describe("a start on PostgreSQL ends with one sentence and exit code 1 where", () => {
  const urlOf = (host: string) => ({
    ...ownIssuerAndKeys,
    DATABASE_URL: `postgres://me:hunter2@${host}/methods`,
  });

  test("there is no issuer, and no key to encrypt with", async () => {
    const { DATABASE_URL } = urlOf("localhost");
    await expectRefusal(
      { DATABASE_URL },
      /^ISSUER must be set when DATABASE_URL is not SQLite: .*; ENCRYPTION_KEYS must be set when DATABASE_URL is not SQLite: /,
    );
  });

  testInLong("the URL is none", async () => {
    await expectRefusal(urlOf("local host:port"), /DATABASE_URL/);
  });

  testInLong("the host is unknown", async () => {
    await expectRefusal(urlOf("nowhere.invalid"), /host in DATABASE_URL/);
  });

  test("nothing listens", async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await expectRefusal(urlOf(`127.0.0.1:${port}`), /[Nn]othing answers/);
  });

  test("what listens never answers", async () => {
    const port = await listen(createServer((socket) => onTestFinished(() => void socket.destroy())));
    await expectRefusal(urlOf(`127.0.0.1:${port}`), /does not answer/);
  });

  testInLong("what listens is no PostgreSQL", async () => {
    const port = await listen(
      createServer((socket) => void socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    await expectRefusal(urlOf(`127.0.0.1:${port}`), /DATABASE_URL/);
  });

  testInLong("what listens hangs up", async () => {
    const port = await listen(createServer((socket) => void socket.destroy()));
    await expectRefusal(urlOf(`127.0.0.1:${port}`), /DATABASE_URL/);
  });

  describe("a real one", () => {
    let database: PostgresDatabase;

    beforeEach(async () => {
      database = await createDatabase();
      onTestFinished(() => database.drop());
    });

    const changed = (change: (url: URL) => void) => {
      const url = new URL(database.url);
      change(url);
      return { ...ownIssuerAndKeys, DATABASE_URL: url.href };
    };

    test("refuses the password", async () => {
      const env = changed((url) => {
        url.password = "hunter2";
      });
      await expectRefusal(env, /password/);
    });

    testInLong("has no such user", async () => {
      const env = changed((url) => {
        url.username = "nobody";
        url.password = "hunter2";
      });
      await expectRefusal(env, /user/);
    });

    testInLong("has no such database", async () => {
      const env = changed((url) => {
        url.pathname = "/nothing";
      });
      await expectRefusal(env, /does not exist/);
    });

    testInLong("demands what the URL does not offer", async () => {
      const env = changed((url) => {
        url.searchParams.set("sslmode", "verify-full");
      });
      await expectRefusal(env, /DATABASE_URL/);
    });

    testInLong("has a schema of a newer version", async () => {
      await runToEndOfFirstStart(database.url);
      await execute(database.url, "INSERT INTO schema_migrations (version) VALUES (999)");
      await expectRefusal({ ...ownIssuerAndKeys, DATABASE_URL: database.url }, /newer version/);
    });

    testInLong("has tables of another application", async () => {
      await execute(database.url, "CREATE TABLE users (id int)");
      await expectRefusal({ ...ownIssuerAndKeys, DATABASE_URL: database.url }, /another application/);
    });

    testInLong("lets its user change nothing", async () => {
      const role = `reader_${process.pid}`;
      await execute(database.url, `CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
      onTestFinished(async () => void (await execute(database.url, `DROP ROLE ${role}`)));
      const env = changed((url) => {
        url.username = role;
        url.password = "hunter2";
      });
      await expectRefusal(env, /permission|may not/);
    });
  });
});

/** Lets a server make the files of its first start, and end. */
async function runToEndOfFirstStart(url = `sqlite:${join(folder, "test.sqlite")}`): Promise<void> {
  const port = await listen(createServer());
  // The port is taken, so the server ends; its database is opened before.
  const own = url.startsWith("sqlite:") ? {} : ownIssuerAndKeys;
  const { stderr } = await runToEnd(["serve"], { ...own, PORT: String(port), DATABASE_URL: url });
  expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken`);
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
