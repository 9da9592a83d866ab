import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { type ExportSummary, exportLines } from "../../../server/maintenance/export.ts";
import { importLines } from "../../../server/maintenance/import.ts";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { newDatabaseUrl, newKey, openDatabase } from "../../support/database.ts";
import { email, passkey, phone, securityKey, totp } from "../../support/methods.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { actor } from "../store/records.ts";

type Database = Awaited<ReturnType<typeof openDatabase>>;

const open = async () => openDatabase(await newDatabaseUrl());

async function write(database: Database, lines: readonly object[]): Promise<void> {
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { badLines } = await importLines(Readable.from([bytes]), {
    ...database,
    actor,
    createUsers: false,
    onBadLine: () => undefined,
  });
  expect(badLines).toBe(0);
}

async function read({ maintenance }: Database, cipher?: SecretCipher) {
  const summary: ExportSummary = { users: 0, methods: 0, withoutSecret: 0, undecryptable: 0 };
  const chunks = await Array.fromAsync(exportLines(maintenance, { cipher }, summary));
  const lines = chunks.join("").split("\n").slice(0, -1);
  return { lines: lines.map((line) => JSON.parse(line)), summary };
}

const lines = [
  {
    user_id: "auth0|ada",
    user: { connection: "Username-Password-Authentication", email: "ada@example.com", name: "Ada" },
  },
  { user_id: "auth0|bob", user: { connection: "my-database" } },
  { user_id: "auth0|ada", ...totp(), name: "My app" },
  { user_id: "auth0|ada", ...phone(), preferred_authentication_method: "voice" },
  { user_id: "auth0|ada", ...email() },
  { user_id: "auth0|bob", ...securityKey() },
  { user_id: "auth0|bob", ...passkey(), transports: ["usb", "odd"], credential_backed_up: false },
];

test("writes what an import read, and what another import takes", async () => {
  const [first, second] = [await open(), await open()];
  await write(first, lines);
  const exported = await read(first, first.cipher);
  expect(exported).toEqual({ lines, summary: { users: 2, methods: 5, withoutSecret: 0, undecryptable: 0 } });
  await write(second, exported.lines);
  expect((await read(second, second.cipher)).lines).toEqual(lines);
});

test("leaves totp methods out and counts them where secrets are not to be told", async () => {
  const database = await open();
  await write(database, lines);
  const { lines: exported, summary } = await read(database);
  expect(exported).toEqual(lines.filter((line) => !("totp_secret" in line)));
  expect(summary).toEqual({ users: 2, methods: 4, withoutSecret: 1, undecryptable: 0 });
});

test("leaves out and counts what the keys do not decrypt", async () => {
  const database = await open();
  await write(database, lines);
  const { lines: exported, summary } = await read(database, new SecretCipher(parseEncryptionKeys(newKey)));
  expect(exported).toHaveLength(6);
  expect(summary).toEqual({ users: 2, methods: 4, withoutSecret: 0, undecryptable: 1 });
});

test("keeps the order of creation of a user whose methods fill more than a page", async () => {
  const limits = { phone: 1, email: 3_000, totp: 1, "webauthn-roaming": 1, passkey: 1 };
  const database = await openDatabase(await newDatabaseUrl(), { limits });
  const users = ["auth0|a", "auth0|b", "auth0|c"];
  const many = Array.from({ length: 1_200 }, (_, number) => ({ user_id: "auth0|b", ...email(number) }));
  const all = [
    ...users.map((user_id) => ({ user_id, user: { connection: "c" } })),
    { user_id: "auth0|a", ...email() },
    ...many,
    { user_id: "auth0|c", ...email() },
  ];
  await write(database, all);
  expect((await read(database)).lines).toEqual(all);
});

test("writes nothing of an empty database", async () => {
  expect((await read(await open())).lines).toEqual([]);
});

test.each([
  ["SQLite", newDatabaseUrl],
  ["PostgreSQL", temporarySchema],
])("tells of one moment, whatever is written meanwhile to %s", async (_engine, createUrl) => {
  const database = await openDatabase(await createUrl());
  await write(database, lines);
  const summary: ExportSummary = { users: 0, methods: 0, withoutSecret: 0, undecryptable: 0 };
  const exported = await database.maintenance.inSnapshot(async (snapshot) => {
    const chunks = exportLines(snapshot, { cipher: database.cipher }, summary);
    // The users are read; their methods are not yet.
    const { value: users } = await chunks.next();
    await write(database, [
      { user_id: "auth0|eve", user: { connection: "my-database" } },
      { user_id: "auth0|eve", ...phone(2) },
      { user_id: "auth0|ada", ...email(2) },
    ]);
    await database.store.deleteUser("auth0|bob", actor);
    const rest = await Array.fromAsync(chunks);
    return [users, ...rest].join("").split("\n").slice(0, -1);
  });
  expect(exported.map((line) => JSON.parse(line))).toEqual(lines);
  const after = (await read(database, database.cipher)).lines.map(({ user_id }) => user_id);
  expect(new Set(after)).toEqual(new Set(["auth0|ada", "auth0|eve"]));
});
