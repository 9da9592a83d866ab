import { expect, test } from "vitest";
import { phone, totp } from "../../support/methods.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("gives a method as list does", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, phone());
  const { status, body } = await server.call(`${methods}/${encodeURIComponent(created.id)}`);
  expect(status).toBe(200);
  expect(body).toEqual({ ...created, confirmed: true });
  expect((await server.call(methods)).body).toEqual([body]);
});

test("never tells a totp secret again", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, totp());
  expect(created.totp_secret).toBe(totp().totp_secret);
  const { body } = await server.call(`${methods}/${encodeURIComponent(created.id)}`);
  expect(body).toEqual({ id: created.id, type: "totp", created_at: created.created_at, confirmed: true });
});

test("does not find a method that is not there, nor one of another user", async () => {
  const server = await sharedServer();
  const methods = await createUser(server, "ada");
  const others = await createUser(server, "bob");
  const created = await createMethod(server, methods, phone());
  const inexistent = { status: 404, body: { errorCode: "inexistent_authentication_method" } };
  expect(await server.call(`${others}/${encodeURIComponent(created.id)}`)).toMatchObject(inexistent);
  expect(await server.call(`${methods}/nothing`)).toMatchObject(inexistent);
  expect(await server.call(`${methodsOf("auth0|nobody")}/${encodeURIComponent(created.id)}`)).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_user" },
  });
});

test.each(["GET", "PATCH", "DELETE"])("refuses control characters in a method's id (%s)", async (method) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const body = method === "PATCH" ? { name: "x" } : undefined;
  expect(await server.call(`${methods}/phone%7C%00`, { method, body })).toMatchObject({
    status: 400,
    body: { errorCode: "invalid_uri" },
  });
});
