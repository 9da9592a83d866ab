import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { email, passkey, phone, totp } from "../support/methods.ts";
import type { Answer } from "../support/server.ts";
import { createMethod, createUser, methodsOf } from "../support/users.ts";
import { databases, type TestDatabase } from "./support/databases.ts";
import { startIssuer, type TestIssuer } from "./support/issuer.ts";
import { exchange } from "./support/raw-exchange.ts";
import { ServerProcess } from "./support/server-process.ts";

const nul = String.fromCharCode(0);
const loneSurrogate = String.fromCharCode(0xd800);

describe.each(databases)("a server on $kind", ({ create }) => {
  let issuer: TestIssuer;
  let database: TestDatabase;
  let server: ServerProcess;
  let methods: string;
  let methodId: string;

  beforeAll(async () => {
    issuer = await startIssuer();
    database = await create();
    server = new ServerProcess(issuer, { DATABASE_URL: database.url });
    await server.start();
    methods = await createUser(server);
    methodId = (await createMethod(server, methods, email())).id;
  });

  afterAll(async () => {
    await server.kill();
    await issuer.http.goDown();
    await database.remove();
  });

  const kept = async () => (await server.call(methods)).body;

  async function expectRefusal(answer: Answer, statusCode: number, errorCode: string): Promise<void> {
    expect(answer.status).toBe(statusCode);
    expect(answer.body).toEqual({
      statusCode,
      error: expect.any(String),
      message: expect.any(String),
      errorCode,
    });
    expect(answer.body.message.length).toBeLessThan(1_000);
  }

  const phoneWith = (rest: string) => `{"type":"phone","phone_number":"+15550100",${rest}}`;

  test.each<[string, string | Buffer, string?]>([
    ["lists a thousand deep", "[".repeat(1_000) + "]".repeat(1_000)],
    ["lists that fill the limit", "[".repeat(32_000) + "]".repeat(32_000)],
    ["objects that fill the limit", `${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`],
    ["lists that never end", "[".repeat(60_000)],
    ["depth inside a property", phoneWith(`"name":${"[".repeat(20_000)}${"]".repeat(20_000)}`)],
    ["depth inside a list", phoneWith(`"transports":[${"[".repeat(9_000)}${"]".repeat(9_000)}]`)],
    ["a key __proto__", phoneWith('"__proto__":{"name":"polluted"}')],
    ["an escaped key __proto__", phoneWith('"\\u005f_proto__":{"name":"polluted"}')],
    ["a key constructor", phoneWith('"constructor":{"prototype":{"name":"polluted"}}')],
    ["a key toString", phoneWith('"toString":"x"')],
    ["a duplicate type", phoneWith('"type":"totp"')],
    ["a NUL in a string", phoneWith(`"name":"a\\u0000b"`)],
    ["a bare NUL", phoneWith(`"name":"a${nul}b"`)],
    ["invalid UTF-8", Buffer.from(phoneWith('"name":"\xff"'), "latin1")],
    ["overlong UTF-8", Buffer.concat([Buffer.from('{"type":"phone","name":"'), Buffer.from("c080", "hex")])],
    ["a number beyond all bounds", phoneWith('"name":1e999')],
    ["text after the value", `${JSON.stringify(phone())}{}`],
    ["a comment", `/* */${JSON.stringify(phone())}`],
    ["single quotes", "{'type':'phone'}"],
    ["a string alone", '"phone"'],
    ["null", "null"],
    ["a name of 256 characters", phoneWith(`"name":"${"n".repeat(256)}"`)],
    ["a property of 1,000 characters", phoneWith(`"${"p".repeat(1_000)}":1`)],
    ["5,000 properties", phoneWith(Array.from({ length: 5_000 }, (_, n) => `"p${n}":1`).join(","))],
    ["a key id of 2,000 characters", JSON.stringify({ ...passkey(), key_id: "A".repeat(2_000) })],
    ["a secret that is no base32", JSON.stringify({ ...totp(), totp_secret: "!".repeat(32) })],
    ["a pattern's worst case", JSON.stringify({ ...phone(), phone_number: `+${"( ".repeat(10_000)}` })],
    ["an address's worst case", JSON.stringify({ type: "email", email: `${"a.".repeat(20_000)}@` })],
    ["a form as deep as forms go", `a${"[b]".repeat(5_000)}=1`, "application/x-www-form-urlencoded"],
    [
      "a form with a key __proto__",
      "type=phone&__proto__[name]=polluted",
      "application/x-www-form-urlencoded",
    ],
    ["a form of 10,000 fields", "a=1&".repeat(10_000), "application/x-www-form-urlencoded"],
    ["a form of broken escapes", "type=%&phone_number=%zz", "application/x-www-form-urlencoded"],
  ])(
    "refuses a body with %s, quickly, and keeps nothing of it",
    async (_what, body, type = "application/json") => {
      const before = await kept();
      const started = performance.now();
      const response = await fetch(`${server.origin}/api/v2${methods}`, {
        method: "POST",
        headers: { authorization: `Bearer ${await issuer.token()}`, "content-type": type },
        body: body as string,
      });
      const { status, headers } = response;
      await expectRefusal({ status, headers, body: await response.json() }, 400, "invalid_body");
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(await kept()).toEqual(before);
      expect(Object.hasOwn(Object.prototype, "name")).toBe(false);
    },
  );

  test("takes the last of duplicate keys, as JSON.parse does, and checks that one", async () => {
    const own = await createUser(server, "duplicate-keys");
    const good = await server.call(own, {
      body: '{"type":"phone","phone_number":1,"phone_number":"+15550101"}',
    });
    expect(good.status).toBe(201);
    const bad = await server.call(own, {
      body: '{"type":"phone","phone_number":"+15550102","phone_number":1}',
    });
    await expectRefusal(bad, 400, "invalid_body");
    expect((await server.call(own)).body).toHaveLength(1);
  });

  test.each([
    ["a NUL", `/users/auth0%7Cada${encodeURIComponent(nul)}/authentication-methods`],
    ["overlong UTF-8", "/users/auth0%7Cada%C0%80/authentication-methods"],
    ["invalid UTF-8", "/users/auth0%7Cada%FF/authentication-methods"],
    ["a surrogate in UTF-8", "/users/auth0%7Cada%ED%A0%80/authentication-methods"],
    ["half an escape", "/users/auth0%7Cada%4/authentication-methods"],
    ["no bar", "/users/ada/authentication-methods"],
    ["301 characters", `/users/auth0%7C${"a".repeat(295)}/authentication-methods`],
    ["4,000 characters", `/users/auth0%7C${"a".repeat(4_000)}/authentication-methods`],
  ])("refuses a user's id with %s", async (_what, path) => {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const body = { POST: phone(), PUT: [phone()] }[method];
      await expectRefusal(await server.call(path, { method, body }), 400, "invalid_uri");
    }
  });

  test("refuses an id longer than any route takes", async () => {
    const { status } = await server.call(`/users/auth0%7C${"a".repeat(6_000)}/authentication-methods`);
    expect(status).toBe(414);
  });

  test.each([
    ["a NUL", nul, 400, "invalid_uri"],
    ["a quote and SQL", "' OR 1=1 --", 404, "inexistent_authentication_method"],
    ["a wildcard", "%", 404, "inexistent_authentication_method"],
    ["a slash", "../../users", 404, "inexistent_authentication_method"],
    ["128 characters", "x".repeat(128), 404, "inexistent_authentication_method"],
    ["129 characters", "x".repeat(129), 400, "invalid_uri"],
  ])("finds no method whose id has %s", async (_what, id, statusCode, errorCode) => {
    const before = await kept();
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const answer = await server.call(`${methods}/${encodeURIComponent(id)}`, {
        method,
        ...(method === "PATCH" && { body: { name: "x" } }),
      });
      await expectRefusal(answer, statusCode, errorCode);
    }
    expect(await kept()).toEqual(before);
  });

  test.each([
    "page=-1",
    "page=1e9",
    "page=99999999999999999999",
    "page=9007199254740991",
    "page=1&page=2",
    "page[a]=1",
    "page=",
    "per_page=101",
    "per_page=0x10",
    "include_totals=yes",
    "__proto__[page]=1",
    "constructor=1",
    "unknown=1",
    `page=${"9".repeat(5_000)}`,
  ])("refuses the query %s", async (query) => {
    await expectRefusal(await server.call(`${methods}?${query}`), 400, "invalid_query_string");
  });

  const strings: Readonly<Record<string, (value: string) => [path: string, body: object]>> = {
    "a method's name": (name) => [methods, { ...phone(50), name }],
    "a passkey's user agent": (user_agent) => [methods, { ...passkey(50), user_agent }],
    "a passkey's transports": (transport) => [methods, { ...passkey(50), transports: [transport] }],
    "a passkey's identity": (identity_user_id) => [methods, { ...passkey(50), identity_user_id }],
    "a user's name": (name) => ["/users", { connection: "email", user_id: "odd", name }],
    "a user's id": (user_id) => ["/users", { connection: "email", user_id: `odd${user_id}` }],
  };
  const stringsOfAFormat: typeof strings = {
    "a passkey's domain": (relying_party_identifier) => [
      methods,
      { ...passkey(50), relying_party_identifier },
    ],
    "an e-mail address": (value) => [methods, { type: "email", email: `${value}@example.com` }],
    "a phone number": (value) => [methods, { type: "phone", phone_number: `+1555${value}` }],
    "a user's e-mail address": (value) => [
      "/users",
      { connection: "email", user_id: "odd", email: `${value}@e.de` },
    ],
  };
  /** What neither UTF-8 nor PostgreSQL can keep. */
  const unstorable = { nul, "a lone surrogate": loneSurrogate };
  const oddities = {
    "U+FFFF": "\uffff",
    "an emoji": "🔑",
    "a quote": `'"\\`,
  };
  function combine(values: Readonly<Record<string, string>>, into: typeof strings) {
    return Object.entries(into).flatMap(([where, make]) =>
      Object.entries(values).map(([what, value]) => ({ what, where, value, make })),
    );
  }

  test.each([...combine(unstorable, strings), ...combine({ ...unstorable, ...oddities }, stringsOfAFormat)])(
    "refuses $what in $where",
    async ({ value, make }) => {
      const [path, body] = make(value);
      await expectRefusal(await server.call(path, { body }), 400, "invalid_body");
    },
  );

  test.each(combine(oddities, strings))("keeps $what in $where as it is", async ({ where, value, make }) => {
    const [path, body] = make(value);
    const answer = await server.call(path, { body });
    expect(answer.status).toBe(201);
    const id = answer.body.id ?? answer.body.user_id;
    const own = `${path}/${encodeURIComponent(id)}`;
    const { status, body: read } = await server.call(own);
    const removed = await server.call(own, { method: "DELETE" });
    expect({ status, removed: removed.status }).toEqual({ status: 200, removed: 204 });
    const {
      type: _type,
      user_id: _userId,
      connection: _connection,
      ...sent
    } = body as Record<string, unknown>;
    expect(read).toMatchObject(sent);
    if (where === "a user's id") expect(read.user_id).toBe(`email|odd${value}`);
  });

  test.each([
    ["a NUL", nul],
    ["an accent", "é"],
    ["300 characters", "k".repeat(300)],
    ["nothing in quotes", '""'],
  ])("refuses an Idempotency-Key with %s", async (_what, key) => {
    const { port } = new URL(server.origin);
    const body = JSON.stringify(phone(60));
    const answer = await exchange(Number(port), async (socket) => {
      socket.write(
        `POST /api/v2${methods} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer ${await issuer.token()}\r\nIdempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ statusCode: 400, error: "Bad Request" });
  });

  test("is as it was after all of this", async () => {
    expect((await kept()).map(({ id }: { id: string }) => id)).toEqual([methodId]);
    expect((await server.call(methodsOf("auth0|nobody"))).status).toBe(404);
    expect(server.log).not.toMatch(/"level":"(error|fatal)"/);
  });
});
