import { expect, test } from "vitest";
import { email, passkey, phone, securityKey, totp } from "../../support/methods.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("puts methods in the place of all others, in the order of the request, unmasked and without secrets", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, securityKey());
  await createMethod(server, methods, phone());
  const requested = [
    email(),
    { ...phone(), name: "MyPhone", preferred_authentication_method: "sms" },
    totp(),
  ];
  const { status, body } = await server.call(methods, { method: "PUT", body: requested });
  expect(status).toBe(200);
  const [, { id }] = body;
  expect(body).toEqual([
    { ...email(), id: expect.stringMatching(/^email\|dev_/), created_at: expect.any(String) },
    {
      ...requested[1],
      id: expect.stringMatching(/^phone\|dev_/),
      created_at: expect.any(String),
      authentication_methods: [{ id: id.replace("phone|", "sms|"), type: "sms" }],
    },
    { type: "totp", id: expect.stringMatching(/^totp\|dev_/), created_at: expect.any(String) },
  ]);
  const listed = (await server.call(methods)).body;
  expect(listed.map((method: { id: string }) => method.id)).toEqual(
    body.map((method: { id: string }) => method.id),
  );
});

test("gives new ids to methods that were there before, and frees the credentials of keys it removes", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const before = await createMethod(server, methods, phone());
  await createMethod(server, methods, securityKey());
  const { body } = await server.call(methods, { method: "PUT", body: [phone()] });
  expect(body[0].id).not.toBe(before.id);
  await createMethod(server, await createUser(server, "bob"), securityKey());
});

test("empties the list with an empty list", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, phone());
  expect(await server.call(methods, { method: "PUT", body: [] })).toMatchObject({ status: 200, body: [] });
  expect((await server.call(methods)).body).toEqual([]);
});

test("takes a form with indexed items", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { status, body } = await server.call(methods, {
    method: "PUT",
    body: "0[type]=email&0[email]=a%40example.com&1[type]=phone&1[phone_number]=%2B15550100",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject([
    { type: "email", email: "a@example.com" },
    { type: "phone", phone_number: "+15550100" },
  ]);
});

test("is refused while the user has a passkey, and changes nothing", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, passkey());
  expect(await server.call(methods, { method: "PUT", body: [phone()] })).toMatchObject({
    status: 403,
    body: {
      message: "Operation not permitted when the user has registered at least 1 passkey",
      errorCode: "operation_not_permitted",
    },
  });
  expect((await server.call(methods)).body).toEqual([{ ...created, confirmed: true }]);
});

test.each([
  ["two of the same", [phone(), phone()], 409, "authentication_method_exists"],
  ["more than the limit", Array.from({ length: 11 }, (_, number) => email(number)), 403, "too_many_entities"],
  ["a passkey", [passkey()], 400, "invalid_body"],
  ["a name of 21 characters", [{ ...phone(), name: "x".repeat(21) }], 400, "invalid_body"],
  ["no list", phone(), 400, "invalid_body"],
])("refuses %s, and changes nothing", async (_what, body, status, errorCode) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = await createMethod(server, methods, phone(99));
  expect(await server.call(methods, { method: "PUT", body })).toMatchObject({ status, body: { errorCode } });
  expect((await server.call(methods)).body).toEqual([{ ...created, confirmed: true }]);
});

test("refuses a user that does not exist", async () => {
  const server = await sharedServer();
  expect(await server.call(methodsOf("auth0|nobody"), { method: "PUT", body: [] })).toMatchObject({
    status: 404,
  });
});
