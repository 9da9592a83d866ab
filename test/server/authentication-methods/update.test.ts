import { expect, test } from "vitest";
import { email, passkey, phone, totp } from "../../support/methods.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser } from "../../support/users.ts";

test.each([phone(), email(), totp(), passkey()])("renames a $type and leaves the rest", async (request) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { totp_secret: _secret, ...created } = await createMethod(server, methods, {
    ...request,
    name: "Old",
  });
  const path = `${methods}/${encodeURIComponent(created.id)}`;
  const { status, body } = await server.call(path, { method: "PATCH", body: { name: "New" } });
  expect(status).toBe(200);
  expect(body).toEqual({ ...created, name: "New" });
  expect((await server.call(path)).body).toEqual({ ...created, name: "New", confirmed: true });
});

test("changes how a phone is used, its nested method with it", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, { ...phone(), preferred_authentication_method: "sms" });
  const { body } = await server.call(`${methods}/${encodeURIComponent(created.id)}`, {
    method: "PATCH",
    body: { preferred_authentication_method: "voice" },
  });
  expect(body).toEqual({
    ...created,
    preferred_authentication_method: "voice",
    authentication_methods: [{ id: created.id.replace("phone|", "voice|"), type: "voice" }],
  });
});

test("takes a form", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, phone());
  const { status, body } = await server.call(`${methods}/${encodeURIComponent(created.id)}`, {
    method: "PATCH",
    body: "name=By+form&preferred_authentication_method=voice",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: "By form", preferred_authentication_method: "voice" });
});

test.each([
  [{ phone_number: "+15550100" }, "phone_number"],
  [{ preferred_authentication_method: "fax" }, "preferred_authentication_method"],
  [{ name: 7 }, "name"],
  [{ name: "" }, "name"],
  [[], "array"],
])("refuses %j and changes nothing", async (body, named) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, phone());
  const path = `${methods}/${encodeURIComponent(created.id)}`;
  const answer = await server.call(path, { method: "PATCH", body });
  expect(answer.status).toBe(400);
  expect(answer.body.errorCode).toBe("invalid_body");
  if (named !== "array") expect(answer.body.message).toContain(named);
  expect((await server.call(path)).body).toEqual({ ...created, confirmed: true });
});

test("refuses a phone's preference on another type", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, email());
  const body = { preferred_authentication_method: "sms" };
  expect(
    await server.call(`${methods}/${encodeURIComponent(created.id)}`, { method: "PATCH", body }),
  ).toMatchObject({ status: 400, body: { errorCode: "invalid_body" } });
  expect(await server.call(`${methods}/email%7Cnothing`, { method: "PATCH", body })).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_authentication_method" },
  });
});
