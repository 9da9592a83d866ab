import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ImportInterruptedError, importLines } from "../../../server/maintenance/import.ts";
import { newDatabaseUrl, openDatabase, openLastingDatabase } from "../../support/database.ts";
import { emptyDatabase } from "../../support/empty-database.ts";
import { email, passkey, phone, securityKey, totp } from "../../support/methods.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { actor } from "../store/records.ts";

type Database = Awaited<ReturnType<typeof openDatabase>>;

const ada = { user_id: "auth0|ada", user: { connection: "Username-Password-Authentication" } };

function toSource(lines: readonly unknown[]): AsyncIterable<Buffer> {
  const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  return Readable.from([Buffer.from(text)]);
}

async function run(database: Database, lines: readonly unknown[], createUsers = false) {
  const told: string[] = [];
  const summary = await importLines(toSource(lines), {
    ...database,
    actor,
    createUsers,
    onBadLine: (number, reason) => told.push(`line ${number}: ${reason}`),
  });
  return { ...summary, told };
}

async function methodsOf({ store }: Database, userId = "auth0|ada") {
  const listed = await store.listMethods(userId, { offset: 0, limit: 100 });
  return listed.outcome === "found" ? listed.methods : [];
}

const open = async (options: Parameters<typeof openDatabase>[1] = {}) =>
  openDatabase(await newDatabaseUrl(), options);

test.each([
  ["SQLite", newDatabaseUrl],
  ["PostgreSQL", temporarySchema],
])("creates users and methods of every type in %s, in the order of the lines", async (_name, newUrl) => {
  const database = await openDatabase(await newUrl());
  const user = { connection: "google-oauth2", email: "ada@example.com", name: "Ada Lovelace" };
  const methods = [phone(), email(), totp(), securityKey(), passkey()];
  const lines = [
    { user_id: "google-oauth2|1", user },
    ...methods.map((each) => ({ user_id: "google-oauth2|1", ...each })),
  ];
  expect(await run(database, lines)).toEqual({
    usersCreated: 1,
    methodsCreated: 5,
    alreadyThere: 0,
    badLines: 0,
    told: [],
  });
  expect(await database.store.getUser("google-oauth2|1")).toMatchObject(user);
  const kept = await methodsOf(database, "google-oauth2|1");
  expect(kept.map(({ type }) => type)).toEqual(methods.map(({ type }) => type));
  expect(kept[0]?.attributes).toEqual({ phone_number: phone().phone_number });
  const secret = kept[2]?.encryptedSecret ?? "";
  expect(database.cipher.decrypt(secret, { userId: "google-oauth2|1", methodId: kept[2]?.id ?? "" })).toBe(
    totp().totp_secret,
  );
});

test("can be run twice: what is there already is counted and left alone", async () => {
  const database = await open();
  const lines = [
    ada,
    ...[phone(), email(), totp(), securityKey(), passkey()].map((each) => ({
      ...each,
      user_id: "auth0|ada",
    })),
  ];
  await run(database, lines);
  const before = await methodsOf(database);
  expect(await run(database, lines)).toEqual({
    usersCreated: 0,
    methodsCreated: 0,
    alreadyThere: 6,
    badLines: 0,
    told: [],
  });
  expect(await methodsOf(database)).toEqual(before);
});

test("keeps the good lines between bad ones, which it numbers as the file does", async () => {
  const database = await open();
  const line = { user_id: "auth0|ada" };
  expect(
    await run(database, [
      "",
      ada,
      "{",
      { ...line, ...phone() },
      "   ",
      { ...line, type: "email" },
      { ...line, ...email() },
    ]),
  ).toMatchObject({
    methodsCreated: 2,
    badLines: 2,
    told: ["line 3: The line is not well-formed JSON", "line 6: Missing required property: email"],
  });
  expect(await methodsOf(database)).toHaveLength(2);
});

describe("tells what is bad, by the property's name and never by its value,", () => {
  let folder: string;
  let database: Awaited<ReturnType<typeof openLastingDatabase>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "import-"));
    database = await openLastingDatabase(`sqlite:${join(folder, "test.sqlite")}`);
  });

  afterEach(() => emptyDatabase(database.url));

  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const secret = "JBSWY3DPEHPK3PXP-secret";
  test.each<[string, unknown, string | RegExp]>([
    ["a line that is no object", "[1]", "The line is not a JSON object"],
    ["null", "null", "The line is not a JSON object"],
    ["a text that is no JSON", `{"totp_secret": "${secret}`, "The line is not well-formed JSON"],
    [
      "half of a surrogate pair",
      '{"user_id":"auth0|\\ud800","type":"phone","phone_number":"+441234567"}',
      "The line has half of a surrogate pair",
    ],
    ["deep nesting", "[".repeat(60_000), /^The line is not/],
    ["a line without a user", phone(), "Missing required property: user_id"],
    [
      "a user id without a provider",
      { ...phone(), user_id: "ada" },
      "The property 'user_id' must be written <provider>|<id>",
    ],
    [
      "a user id that is no text",
      { ...phone(), user_id: 1 },
      "The property 'user_id' must be written <provider>|<id>",
    ],
    [
      "a user nobody knows",
      { ...phone(), user_id: "auth0|eve" },
      "The property 'user_id' is that of no user: create it first, or import with --create-users",
    ],
    ["a line without a type", { user_id: "auth0|ada" }, "Missing required property: type"],
    ["an unknown type", { user_id: "auth0|ada", type: "sms" }, /'type' must be one of "phone", "email"/],
    [
      "a secret that is no base32",
      { user_id: "auth0|ada", type: "totp", totp_secret: secret },
      "The property 'totp_secret' must have the format base32",
    ],
    [
      "a property that is none",
      { user_id: "auth0|ada", ...phone(), confirmed: true },
      "Unknown property: confirmed",
    ],
    [
      "a property of an odd name",
      '{"user_id":"auth0|ada","type":"phone","phone_number":"+441234567","\\u001b[2J":1}',
      "Unknown property: \ufffd[2J",
    ],
    [
      "a __proto__",
      '{"user_id":"auth0|ada","type":"phone","phone_number":"+441234567","__proto__":{}}',
      "Unknown property: __proto__",
    ],
    [
      "a rule between properties",
      {
        user_id: "auth0|ada",
        ...passkey(),
        credential_device_type: "single_device",
        credential_backed_up: true,
      },
      /credential_backed_up/,
    ],
    [
      "a user without a connection",
      { user_id: "auth0|x", user: {} },
      "Missing required property: connection",
    ],
    ["a user that is no object", { user_id: "auth0|x", user: "x" }, "The property 'user' must be an object"],
    [
      "a user id at two places",
      { user_id: "auth0|x", user: { connection: "c", user_id: "x" } },
      "The property 'user_id' belongs beside 'user', not into it",
    ],
    [
      "a user and a method in one",
      { user_id: "auth0|x", user: { connection: "c" }, ...phone() },
      "Beside 'user' and 'user_id' there is another property",
    ],
    [
      "a line that is too long",
      { user_id: "auth0|ada", ...phone(), name: "x".repeat(65_536) },
      "The line is longer than 65536 bytes",
    ],
  ])("%s", async (_what, line, reason) => {
    const { told, badLines, methodsCreated } = await run(database, [ada, line]);
    expect({ badLines, methodsCreated }).toEqual({ badLines: 1, methodsCreated: 0 });
    expect(told).toEqual([expect.stringMatching(/^line 2: /)]);
    const [message = ""] = told.map((each) => each.slice("line 2: ".length));
    if (typeof reason === "string") expect(message).toBe(reason);
    else expect(message).toMatch(reason);
    expect(message).not.toContain(secret);
  });

  test("a line that is not UTF-8", async () => {
    const told: string[] = [];
    const bytes = Buffer.from(
      `{"user_id":"auth0|ada","type":"email","email":"\xe9@example.com"}\n`,
      "latin1",
    );
    await importLines(Readable.from([bytes]), {
      ...database,
      actor,
      createUsers: true,
      onBadLine: (_number, reason) => told.push(reason),
    });
    expect(told).toEqual(["The line is not valid UTF-8"]);
  });

  test("a credential of another user, but not one's own", async () => {
    const lines = [
      { user_id: "auth0|1", ...passkey() },
      { user_id: "auth0|1", ...passkey() },
      { user_id: "auth0|2", ...passkey() },
    ];
    expect(await run(database, lines, true)).toMatchObject({
      methodsCreated: 1,
      alreadyThere: 1,
      told: ["line 3: The property 'key_id' is that of a credential which another user has registered"],
    });
  });

  test("a method beyond the limit", async () => {
    const lines = Array.from({ length: 12 }, (_, number) => ({ user_id: "auth0|ada", ...phone(number) }));
    const { methodsCreated, told } = await run(database, [ada, ...lines]);
    expect(methodsCreated).toBe(10);
    expect(told).toEqual(
      [12, 13].map(
        (number) => `line ${number}: The user has as many methods of this 'type' as METHOD_LIMITS allows`,
      ),
    );
  });
});

test("creates missing users where it is asked to, with the connection their ids tell", async () => {
  const database = await open();
  const ids = ["auth0|ada", "google-oauth2|1", "samlp|acme|ada"];
  const lines = ids.flatMap((user_id) => [phone(1), phone(2)].map((each) => ({ user_id, ...each })));
  expect(await run(database, lines, true)).toMatchObject({ usersCreated: 3, methodsCreated: 6 });
  expect(await run(database, lines, true)).toMatchObject({ usersCreated: 0, alreadyThere: 6 });
  const connections = await Promise.all(
    ids.map(async (id) => (await database.store.getUser(id))?.connection),
  );
  expect(connections).toEqual(["Username-Password-Authentication", "google-oauth2", "samlp"]);
});

test("leaves an existing user as it is", async () => {
  const database = await open();
  await run(database, [ada]);
  const changed = { ...ada, user: { ...ada.user, name: "Someone else" } };
  expect(await run(database, [changed])).toMatchObject({ usersCreated: 0, alreadyThere: 1, badLines: 0 });
  expect((await database.store.getUser("auth0|ada"))?.name).toBeNull();
});

test("says where it stopped when the database fails", async () => {
  const database = await open();
  await database.store.close();
  await expect(run(database, [ada, { user_id: "auth0|ada", ...phone() }])).rejects.toThrow(
    ImportInterruptedError,
  );
  await expect(run(database, [ada])).rejects.toThrow(
    "The import stopped between lines 1 and 1 (The store is closed.): run it again; what is there already is left alone.",
  );
});
