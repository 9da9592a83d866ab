import { expect, test } from "vitest";
import document from "../../../generated/openapi.json" with { type: "json" };
import { startServer } from "../../support/server.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createUser, methodsOf } from "../../support/users.ts";

const operation = document.paths["/users/{id}/authentication-methods"].post;
const requestExamples = Object.keys(operation.requestBody.content["application/json"].examples);

function example(name: string) {
  const examples: Readonly<Record<string, { value: object }>> = document.components.examples;
  const found = examples[name];
  if (found === undefined) throw new Error(`the contract has no example ${name}`);
  return found.value;
}

const nameOf: Readonly<Record<string, string>> = {
  phone: "Phone",
  email: "Email",
  totp: "Totp",
  "webauthn-roaming": "WebauthnRoaming",
  passkey: "Passkey",
};

test.each(requestExamples)(
  "creates the %s of the contract's example and answers as documented",
  async (type) => {
    const server = await sharedServer();
    const methods = await createUser(server);
    const { status, headers, body } = await server.call(methods, {
      body: example(`Create${nameOf[type]}Request`),
    });
    expect(status).toBe(201);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");

    const { id, created_at, authentication_methods, ...rest } = body;
    const documented: Record<string, unknown> = { ...example(`Created${nameOf[type]}`) };
    expect(id).toMatch(new RegExp(`^${type}\\|dev_[A-Za-z0-9]{16}$`));
    expect(Math.abs(Date.parse(created_at) - Date.now())).toBeLessThan(10_000);
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    if (type === "phone")
      expect(authentication_methods).toEqual([{ id: id.replace("phone|", "sms|"), type: "sms" }]);
    for (const generated of ["id", "created_at", "authentication_methods"]) delete documented[generated];
    expect(rest).toEqual(documented);
  },
);

test("answers as the recorded service did", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { body } = await server.call(methods, {
    body: { type: "email", name: "Test", email: "chuck334@example.com" },
  });
  expect(body).toEqual({
    type: "email",
    name: "Test",
    email: "chuc****@exam*******",
    id: expect.stringMatching(/^email\|dev_/),
    created_at: expect.any(String),
  });
});

test("names the voice entry of a phone that prefers calls", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { body } = await server.call(methods, {
    body: { type: "phone", phone_number: "+00000000000", preferred_authentication_method: "voice" },
  });
  expect(body.authentication_methods).toEqual([{ id: body.id.replace("phone|", "voice|"), type: "voice" }]);
});

test("refuses a user that does not exist", async () => {
  const server = await sharedServer();
  const { status, body } = await server.call(methodsOf("auth0|nobody"), {
    body: { type: "email", email: "a@example.com" },
  });
  expect(status).toBe(404);
  expect(body).toEqual({
    statusCode: 404,
    error: "Not Found",
    message: "The user does not exist.",
    errorCode: "inexistent_user",
  });
});

test("takes any user where unknown users are accepted", async () => {
  const server = await startServer({ UNKNOWN_USERS: "accept" });
  const methods = methodsOf("email|somebody");
  expect(await server.call(methods, { body: { type: "email", email: "a@example.com" } })).toMatchObject({
    status: 201,
  });
  expect((await server.call(methods)).body).toHaveLength(1);
  expect((await server.call(methodsOf("email|another"))).body).toEqual([]);
});

test("takes a user id that is percent-encoded, of any characters", async () => {
  const server = await sharedServer();
  const methods = await createUser(server, "ünïcode /?#%40");
  expect(await server.call(methods, { body: { type: "email", email: "a@example.com" } })).toMatchObject({
    status: 201,
  });
  expect((await server.call(methods)).body).toHaveLength(1);
});

test("takes a form as the contract declares, with booleans and lists", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const passkey = example("CreatePasskeyRequest") as Record<string, string | boolean | string[]>;
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(passkey)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, String(item));
  }
  const { status, body } = await server.call(methods, {
    body: form.toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject(passkey);
});
