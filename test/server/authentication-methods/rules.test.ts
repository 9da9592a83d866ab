import { expect, test } from "vitest";
import { email, passkey, phone, securityKey, totp } from "../../support/methods.ts";
import { startServer } from "../../support/server.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser } from "../../support/users.ts";

const duplicate = {
  status: 409,
  body: {
    statusCode: 409,
    error: "Conflict",
    message: "Authentication method already exists.",
    errorCode: "authentication_method_exists",
  },
};

test.each([
  [
    "phone number",
    { type: "phone", phone_number: "+442071838750" },
    { type: "phone", phone_number: "+44 (20) 7183-87.50" },
  ],
  [
    "e-mail address",
    { type: "email", email: "Ada@Example.com" },
    { type: "email", email: "ada@example.COM" },
  ],
  [
    "totp secret",
    { type: "totp", totp_secret: "JBSWY3DPEHPK3PXPJA" },
    { type: "totp", totp_secret: "JBSWY3DPEHPK3PXPJA======" },
  ],
])("refuses the same %s on the same user, however it is written", async (_what, first, second) => {
  const server = await sharedServer();
  const methods = await createUser(server, "ada");
  const created = await createMethod(server, methods, first);
  expect(await server.call(methods, { body: second })).toMatchObject(duplicate);
  expect((await server.call(methods)).body).toMatchObject([{ id: created.id }]);
  await createMethod(server, await createUser(server, "bob"), second);
});

test.each([
  [passkey(), { ...securityKey(), key_id: passkey().key_id }],
  [securityKey(), securityKey()],
])("refuses a credential id that any user has registered", async (first, second) => {
  const server = await sharedServer();
  await createMethod(server, await createUser(server, "ada"), first);
  expect(await server.call(await createUser(server, "bob"), { body: second })).toMatchObject(duplicate);
});

test("lets one of many racing creates of the same method through", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => server.call(methods, { body: passkey() })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
});

test.each([
  ["phone", 10, phone],
  ["email", 10, email],
  ["totp", 10, totp],
  ["webauthn-roaming", 10, securityKey],
  ["passkey", 20, passkey],
] as const)("keeps a user's methods of type %s to %i", async (_type, limit, request) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const answers = await Promise.all(
    Array.from({ length: limit + 3 }, (_, number) => server.call(methods, { body: request(number) })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(limit).fill(201), 403, 403, 403]);
  expect(answers.find(({ status }) => status === 403)?.body).toEqual({
    statusCode: 403,
    error: "Forbidden",
    message: "You reached the limit of entities of this type for this user.",
    errorCode: "too_many_entities",
  });
});

test("keeps to the limits that the operator configured", async () => {
  const server = await startServer({ METHOD_LIMITS: "phone=1,passkey=2" });
  const methods = await createUser(server);
  await createMethod(server, methods, phone(1));
  expect(await server.call(methods, { body: phone(2) })).toMatchObject({ status: 403 });
  await createMethod(server, methods, passkey(1));
  await createMethod(server, methods, passkey(2));
  expect(await server.call(methods, { body: passkey(3) })).toMatchObject({ status: 403 });
});

test("refuses a passkey that is backed up though it stays on a single device", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const single = { ...passkey(), credential_device_type: "single_device" };
  const { status, body } = await server.call(methods, { body: { ...single, credential_backed_up: true } });
  expect(status).toBe(400);
  expect(body.message).toContain("on property credential_backed_up");
  expect(await server.call(methods, { body: { ...single, credential_backed_up: false } })).toMatchObject({
    status: 201,
  });
});
