import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreOpenError } from "../../../server/store/errors.ts";
import { migrate } from "../../../server/store/sqlite/migrate.ts";
import { migrations } from "../../../server/store/sqlite/migrations/migrations.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function newDatabase(): Promise<DatabaseSync> {
  const database = new DatabaseSync(join(await temporaryFolder(), "test.sqlite"));
  onTestFinished(() => database.close());
  return database;
}

const version = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.user_version;
const tables = (database: DatabaseSync) =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name);

const first = { version: 1, sql: "CREATE TABLE one (id INTEGER)" };
const second = { version: 2, sql: "CREATE TABLE two (id INTEGER); INSERT INTO two VALUES (2)" };

describe("migrate", () => {
  test("numbers the migrations from 1 without a gap", () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test("runs each migration once, in order, over several starts", async () => {
    const database = await newDatabase();
    migrate(database, [first]);
    migrate(database, [first, second]);
    migrate(database, [first, second]);
    expect(tables(database)).toEqual(["one", "two"]);
    expect(database.prepare("SELECT id FROM two").all()).toEqual([{ id: 2 }]);
    expect(version(database)).toBe(2);
  });

  test("leaves nothing of a migration that fails, and all of those before it", async () => {
    const database = await newDatabase();
    const broken = { version: 2, sql: "CREATE TABLE two (id INTEGER); INSERT INTO nowhere VALUES (1)" };
    expect(() => migrate(database, [first, broken])).toThrow(/nowhere/);
    expect(tables(database)).toEqual(["one"]);
    expect(version(database)).toBe(1);
    migrate(database, [first, second]);
    expect(tables(database)).toEqual(["one", "two"]);
  });

  test("refuses a schema that is newer than it knows, and leaves it as it is", async () => {
    const database = await newDatabase();
    migrate(database, [first, second]);
    expect(() => migrate(database, [first])).toThrow(
      new StoreOpenError(
        `${database.location()} was written by a newer version of this server (schema 2, known here: up to 1): start that version, or restore a backup.`,
      ),
    );
    expect(version(database)).toBe(2);
  });

  test("keeps the credentials of the first schema unique among all users", async () => {
    const database = await newDatabase();
    migrate(database, migrations.slice(0, 1));
    database.exec(`
      INSERT INTO authentication_methods VALUES ('auth0|1', 'passkey|dev_1', 'passkey', NULL, 'AQID', 1, NULL, '{}');
      INSERT INTO credentials VALUES ('AQID', 'auth0|1', 'passkey|dev_1')`);
    migrate(database);
    const insert = (user: string, credential: string) =>
      database.exec(
        `INSERT INTO authentication_methods VALUES ('${user}', 'passkey|dev_2', 'passkey', NULL, '${credential}', 2, NULL, '{}')`,
      );
    expect(() => insert("auth0|2", "AQID")).toThrow(/UNIQUE/);
    insert("auth0|2", "BAUG");
  });
});
