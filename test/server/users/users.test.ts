import { expect, test } from "vitest";
import { passkey, phone } from "../../support/methods.ts";
import { startServer } from "../../support/server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("creates a user and reads it", async () => {
  const server = await startServer();
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
  const server = await startServer();
  const { body } = await server.call("/users", { body: { connection: "corporate-ldap" } });
  expect(body.user_id).toMatch(/^corporate-ldap\|[0-9a-f]{24}$/);
});

test("refuses an id that is taken", async () => {
  const server = await startServer();
  await createUser(server, "ada");
  expect(
    await server.call("/users", { body: { connection: "Username-Password-Authentication", user_id: "ada" } }),
  ).toMatchObject({ status: 409, body: { errorCode: "user_exists" } });
});

test("does not find a user that is not there", async () => {
  const server = await startServer();
  expect(await server.call("/users/auth0%7Cnobody")).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_user" },
  });
});

test("deletes a user with its methods, passkeys too, and again without complaint", async () => {
  const server = await startServer();
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
  const server = await startServer();
  const answer = await server.call("/users", { body });
  expect(answer).toMatchObject({ status: 400, body: { errorCode: "invalid_body" } });
  expect(answer.body.message).toContain(field);
});
