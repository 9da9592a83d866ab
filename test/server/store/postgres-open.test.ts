import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreOpenError } from "../../../server/store/errors.ts";
import { migrateDatabase, openStore, openTables } from "../../../server/store/open.ts";
import { migratePostgres } from "../../../server/store/postgres/migrate.ts";
import { migrations } from "../../../server/store/postgres/migrations/migrations.ts";
import { newPostgresUrl } from "../../support/database.ts";
import { execute } from "../../support/postgres.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { rejectUnknownUsers } from "./records.ts";

async function refusal(url: string): Promise<string> {
  const opened = openStore(url, rejectUnknownUsers).then((store) => store.close());
  const error: unknown = await opened.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreOpenError);
  const { message } = error as Error;
  expect(message).not.toMatch(/hunter2/);
  expect(message.split(/[.!?]\s/)).toHaveLength(1);
  return message;
}

function changed(url: string, change: (url: URL) => void): string {
  const parsed = new URL(url);
  change(parsed);
  return parsed.href;
}

/** A server of something else; gives its URL as if it were PostgreSQL's. */
async function otherServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgres://ada:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/db`;
}

describe("openStore refuses, in one sentence, without a password,", () => {
  test.each([
    "postgres://ada:hunter2/@@::/db",
    "postgres://ada:hunter2%@localhost/db",
    "postgres://ada:hunter2@localhost:99999/db",
    "postgres://ada:hunter2@localhost/db?target_session_attrs=hunter2",
  ])("%s, which is no URL", async (url) => {
    expect(await refusal(url)).toMatch(/^DATABASE_URL is no URL of PostgreSQL: write postgres:/);
  });

  test("an unknown host", async () => {
    const sentence = await refusal("postgres://ada:hunter2@no-such-host.invalid/db");
    expect(sentence).toMatch(/^The host in DATABASE_URL (is unknown|cannot be looked up): correct its name/);
  });

  test("a port where nothing listens", async () => {
    expect(await refusal("postgres://ada:hunter2@127.0.0.1:1/db")).toBe(
      "Nothing answers at the host and port in DATABASE_URL: start PostgreSQL, or correct them.",
    );
  });

  test("hosts of which none is a primary that answers", async () => {
    const hosts = "postgres://ada:hunter2@127.0.0.1:1,[::1]:1,localhost:1/db?target_session_attrs=read-write";
    expect(await refusal(hosts)).toMatch(/^None of the hosts in DATABASE_URL is a primary that answers:/);
  });

  test("several hosts of which one refuses the password", async () => {
    const url = changed(await temporarySchema(), (parsed) => {
      parsed.password = "hunter2";
    });
    expect(await refusal(url.replace(/(?<=@)/, "127.0.0.1:1,"))).toMatch(
      /^PostgreSQL refuses the password in/,
    );
  });

  test.each(["standby", "prefer-standby", "read-only"])("a wish for a server that is %s", async (wish) => {
    const url = `postgres://ada:hunter2@127.0.0.1:1,127.0.0.1:2/db?target_session_attrs=${wish}`;
    expect(await refusal(url)).toMatch(
      /^target_session_attrs in DATABASE_URL asks for a server that takes no/,
    );
  });

  test("a server that says nothing", async () => {
    expect(await refusal(await otherServer(() => {}))).toMatch(/^The host in DATABASE_URL does not answer:/);
  });

  test("a server that hangs up", async () => {
    const url = await otherServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await refusal(url)).toMatch(/is not PostgreSQL, or it is down: start it, or correct them\.$/);
  });

  test("a server without TLS where the URL asks for it", async () => {
    const url = `${await temporarySchema()}&sslmode=verify-full`;
    expect(await refusal(url)).toMatch(/hangs up: correct them, or the sslmode if it does not speak TLS\.$/);
  });

  test("a wrong password", async () => {
    const url = changed(await temporarySchema(), (parsed) => {
      parsed.password = "hunter2";
    });
    expect(await refusal(url)).toMatch(/^PostgreSQL refuses the password in DATABASE_URL:/);
  });

  test("a database that does not exist", async () => {
    const url = changed(await temporarySchema(), (parsed) => {
      parsed.pathname = "/nowhere";
    });
    expect(await refusal(url)).toMatch(/^The database in DATABASE_URL does not exist:/);
  });

  test("a schema that does not exist", async () => {
    expect(await refusal(`${await newPostgresUrl()}?search_path=nowhere`)).toMatch(/^The search_path in/);
  });

  test("a parameter that PostgreSQL does not know", async () => {
    expect(await refusal(`${await temporarySchema()}&channel_binding=require`)).toMatch(
      /^DATABASE_URL has a parameter that PostgreSQL does not know:/,
    );
  });

  test("a user that may not change the schema, but not once it needs no change", async () => {
    const url = await newPostgresUrl();
    const role = `limited_${new URL(url).pathname.slice(1)}`;
    await execute(url, `CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
    onTestFinished(async () => {
      await execute(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });
    const limited = changed(url, (parsed) => {
      parsed.username = role;
      parsed.password = "hunter2";
    });
    expect(await refusal(limited)).toMatch(/^The user in DATABASE_URL may not change the schema:/);

    expect(await migrateDatabase(url)).toEqual({ from: 0, to: migrations.length });
    await execute(url, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
    const store = await openStore(limited, rejectUnknownUsers);
    expect(await store.getOrCreateSetting("name", "value")).toBe("value");
    await store.close();
  });

  test("a database with another application's tables", async () => {
    const url = await temporarySchema();
    await execute(url, "CREATE TABLE users (id int)");
    expect(await refusal(url)).toMatch(/^The database in DATABASE_URL has tables of another application:/);
    expect(await execute(url, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).toEqual(
      [{ tablename: "users" }],
    );
  });

  test("a server that acknowledges before a commit is durable", async () => {
    expect(await refusal(`${await temporarySchema()}&synchronous_commit=off`)).toMatch(
      /^The database in DATABASE_URL may lose what it has acknowledged:/,
    );
  });

  test("a pooler that drops what a session asks for", async () => {
    expect(await refusal(`${await temporarySchema()}&default_transaction_read_only=off`)).toMatch(
      /^DATABASE_URL leads through a pooler/,
    );
  });

  test("a PostgreSQL that is too old", async () => {
    const future = migratePostgres(await temporarySchema(), { oldestPostgres: 99 });
    await expect(future).rejects.toThrow(/is PostgreSQL \d\d: name one of version 99 or later\.$/);
  });
});

test.each(["", "&target_session_attrs=read-write"])(
  "openStore takes the host that answers, with '%s'",
  async (end) => {
    const url = (await temporarySchema()).replace(/(?<=@)/, "127.0.0.1:1,") + end;
    const store = await openStore(url, rejectUnknownUsers);
    onTestFinished(() => store.close());
    expect(await store.getOrCreateSetting("name", "value")).toBe("value");
  },
);

describe("openTables refuses, in one sentence,", () => {
  test("a database that holds nothing yet, and leaves it so", async () => {
    const url = await temporarySchema();
    await expect(openTables(url)).rejects.toThrow(
      new StoreOpenError("The database in DATABASE_URL holds nothing yet: name the database of a server."),
    );
    expect(await execute(url, "SELECT FROM pg_tables WHERE schemaname = current_schema()")).toEqual([]);
  });

  test("what is no URL", async () => {
    await expect(openTables("postgres://ada:hunter2%@localhost/db")).rejects.toThrow(
      /^DATABASE_URL is no URL of PostgreSQL: write postgres:/,
    );
  });

  test("a server that hangs up", async () => {
    const url = await otherServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await expect(openTables(url)).rejects.toThrow(/is not PostgreSQL, or it is down:/);
  });
});
