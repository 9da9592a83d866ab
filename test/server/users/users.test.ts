import { expect, test } from "vitest";
import { passkey, phone } from "../../support/methods.ts";
import { type SharedServer, sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("creates a user and reads it", async () => {
  const server = await sharedServer();
  const { status, body } = await server.call("/users", {
    body: {
      connection: "Username-Password-Authentication",
      user_id: "5f7c8ec7c33c6c004bbafe82",
      email: "ada@example.com",
      name: "Ada Lovelace",
    },
  });
  expect(status).toBe(201);
  expect(body).toEqual({
    user_id: "auth0|5f7c8ec7c33c6c004bbafe82",
    email: "ada@example.com",
    name: "Ada Lovelace",
    created_at: expect.any(String),
    identities: [
      {
        connection: "Username-Password-Authentication",
        provider: "auth0",
        user_id: "5f7c8ec7c33c6c004bbafe82",
        isSocial: false,
      },
    ],
  });
  expect(await server.call("/users/auth0%7C5f7c8ec7c33c6c004bbafe82")).toMatchObject({ status: 200, body });
});

test("makes an id where none is given, with the connection as provider", async () => {
  const server = await sharedServer();
  const { body } = await server.call("/users", { body: { connection: "corporate-ldap" } });
  expect(body.user_id).toMatch(/^corporate-ldap\|[0-9a-f]{24}$/);
});

test("refuses an id that is taken", async () => {
  const server = await sharedServer();
  await createUser(server, "ada");
  expect(
    await server.call("/users", { body: { connection: "Username-Password-Authentication", user_id: "ada" } }),
  ).toMatchObject({ status: 409, body: { errorCode: "user_exists" } });
});

test("does not find a user that is not there", async () => {
  const server = await sharedServer();
  expect(await server.call("/users/auth0%7Cnobody")).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_user" },
  });
});

test("deletes a user with its methods, passkeys too, and again without complaint", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, phone());
  await createMethod(server, methods, passkey());
  expect(await server.call("/users/auth0%7Cada", { method: "DELETE" })).toMatchObject({
    status: 204,
    body: "",
  });
  expect(await server.call("/users/auth0%7Cada")).toMatchObject({ status: 404 });
  expect(await server.call(methodsOf("auth0|ada"))).toMatchObject({ status: 404 });
  expect(await server.call("/users/auth0%7Cada", { method: "DELETE" })).toMatchObject({ status: 204 });

  const again = await createUser(server, "ada");
  expect((await server.call(again)).body).toEqual([]);
  await createMethod(server, again, passkey());
});

test.each([
  [{}, "connection"],
  [{ connection: "" }, "connection"],
  [{ connection: "a b" }, "connection"],
  [{ connection: "email", user_id: "a|b" }, "user_id"],
  [{ connection: "email", email: "nobody" }, "email"],
  [{ connection: "email", password: "hunter2" }, "password"],
])("refuses %j", async (body, field) => {
  const server = await sharedServer();
  const answer = await server.call("/users", { body });
  expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_body" } });
  expect(answer.body.message).toContain(field);
});

/** Users whose ids sort as they are named, and are created the other way round. */
async function createUsers(server: SharedServer, ...ids: readonly string[]): Promise<void> {
  for (const id of ids.toReversed()) {
    const body = { connection: "email", user_id: id, email: "ada@example.com", name: id };
    expect((await server.call("/users", { body })).status).toBe(201);
  }
}

test("lists users in the order of their ids, page by page, with totals where they are asked for", async () => {
  const server = await sharedServer();
  await createUsers(server, "A", "Z", "a", "b", "é");
  const idsOf = (users: { user_id: string }[]) => users.map(({ user_id }) => user_id);
  const all = (await server.call("/users")).body;
  expect(idsOf(all)).toEqual(["email|A", "email|Z", "email|a", "email|b", "email|é"]);
  expect(all[0]).toEqual((await server.call("/users/email%7CA")).body);
  expect(idsOf((await server.call("/users?page=1&per_page=2")).body)).toEqual(["email|a", "email|b"]);
  const { body } = await server.call("/users?page=2&per_page=2&include_totals=true");
  expect(body).toMatchObject({ total: 5, start: 4, limit: 2, length: 1 });
  expect(idsOf(body.users)).toEqual(["email|é"]);
  expect((await server.call("/users?page=9")).body).toEqual([]);
});

test.each([
  ["", ["created_at", "email", "identities", "name", "user_id"]],
  ["?fields=email", ["email"]],
  ["?fields=email,name&include_fields=true", ["email", "name"]],
  ["?fields=email,identities&include_fields=false", ["created_at", "name", "user_id"]],
  ["?include_fields=false", ["created_at", "email", "identities", "name", "user_id"]],
  ["?fields=last_login", []],
])("answers the fields that %j asks for, of one user and in the list", async (query, expected) => {
  const server = await sharedServer();
  await createUsers(server, "ada");
  const namesOf = (user: object) => Object.keys(user).sort();
  expect(namesOf((await server.call(`/users/email%7Cada${query}`)).body)).toEqual(expected);
  expect((await server.call(`/users${query}`)).body.map(namesOf)).toEqual([expected]);
});

test("refuses fields that are no list of names", async () => {
  const server = await sharedServer();
  expect(await server.call("/users?fields=a,,b")).toMatchObject({
    status: 400,
    body: { errorCode: "invalid_query_string" },
  });
});

test("takes what callers of Auth0 send for a user, and keeps none of it", async () => {
  const server = await sharedServer();
  const ignored = {
    email_verified: true,
    verify_email: false,
    phone_number: "+15550100",
    phone_verified: true,
    username: "ada",
    given_name: "Ada",
    family_name: "Lovelace",
    nickname: "ada",
    picture: "https://example.com/ada.png",
    blocked: false,
    user_metadata: { theme: "dark" },
    app_metadata: { plan: "free" },
  };
  const { status, body } = await server.call("/users", {
    body: { connection: "email", user_id: "ada", email: "ada@example.com", ...ignored },
  });
  expect(status).toBe(201);
  expect(Object.keys(body).sort()).toEqual(["created_at", "email", "identities", "user_id"]);
  const unknown = await server.call("/users", { body: { connection: "email", colour: "green" } });
  expect(unknown).toMatchObject({ status: 400, body: { message: expect.stringContaining("colour") } });
});

test.each([
  ["name", "a\u202eb"],
  ["name", "a\u0085b"],
  ["user_id", "a\u2066b"],
  ["email", `${"a".repeat(65)}@example.com`],
])("refuses a %s that would show another than it is, or that no mail system takes", async (field, value) => {
  const server = await sharedServer();
  const { status, body } = await server.call("/users", { body: { connection: "email", [field]: value } });
  expect([status, body.message]).toEqual([400, expect.stringContaining(field)]);
});
