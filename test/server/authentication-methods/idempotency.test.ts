import { expect, test } from "vitest";
import { email, passkey, phone, totp } from "../../support/methods.ts";
import { startServer, startServerIn } from "../../support/server.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { createUser } from "../../support/users.ts";

const key = { "idempotency-key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"' };

test("answers a repeated create with the stored answer and creates nothing", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const first = await server.call(methods, { body: totp(), headers: key });
  const second = await server.call(methods, { body: totp(), headers: key });
  expect(first).toMatchObject({ status: 201, body: { totp_secret: totp().totp_secret } });
  expect(second).toMatchObject({ status: 201, body: first.body });
  expect((await server.call(methods)).body).toHaveLength(1);
});

test("refuses a key that was used for another payload", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await server.call(methods, { body: phone(), headers: key });
  expect(await server.call(methods, { body: email(), headers: key })).toMatchObject({
    status: 422,
    body: { error: "Unprocessable Content", errorCode: "idempotency_key_reused" },
  });
  expect((await server.call(methods)).body).toHaveLength(1);
});

test("creates once when the same create races itself; the others get the answer or are told to wait", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.call(methods, { body: phone(), headers: key })),
  );
  const [created] = answers.filter(({ status }) => status === 201);
  for (const { status, body } of answers) {
    if (status === 201) expect(body).toEqual(created?.body);
    else
      expect({ status, body }).toMatchObject({
        status: 409,
        body: { errorCode: "idempotent_request_in_flight" },
      });
  }
  expect((await server.call(methods)).body).toHaveLength(1);
});

test("takes a payload whose members stand in another order for the same", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const body = { ...passkey(), transports: ["internal", "hybrid"] };
  const first = await server.call(methods, { body, headers: key });
  const reordered = Object.fromEntries(Object.entries(body).reverse());
  expect(await server.call(methods, { body: reordered, headers: key })).toMatchObject({
    status: 201,
    body: first.body,
  });
  const others = { ...body, transports: ["hybrid", "internal"] };
  expect(await server.call(methods, { body: others, headers: key })).toMatchObject({ status: 422 });
});

test.each([
  ["its user", (methods: string) => methods.replace(/\/authentication-methods$/, "")],
  ["its method", (methods: string, id: string) => `${methods}/${encodeURIComponent(id)}`],
  ["all methods of its user", (methods: string) => methods],
])("gives no kept answer after %s was deleted, and creates anew", async (_what, pathOf) => {
  const server = await sharedServer({ UNKNOWN_USERS: "accept" });
  const methods = await createUser(server);
  const first = await server.call(methods, { body: totp(), headers: key });
  await server.call(pathOf(methods, first.body.id), { method: "DELETE" });
  const second = await server.call(methods, { body: totp(), headers: key });
  expect(second.status).toBe(201);
  expect(second.body.id).not.toBe(first.body.id);
});

test("gives no kept answer after its method was replaced", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const first = await server.call(methods, { body: totp(), headers: key });
  await server.call(methods, { method: "PUT", body: [phone()] });
  const second = await server.call(methods, { body: totp(), headers: key });
  expect(second.status).toBe(201);
  expect(second.body.id).not.toBe(first.body.id);
});

test("gives no kept answer of a user that was deleted where unknown users are refused", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await server.call(methods, { body: totp(), headers: key });
  await server.call(methods.replace(/\/authentication-methods$/, ""), { method: "DELETE" });
  expect(await server.call(methods, { body: totp(), headers: key })).toMatchObject({ status: 404 });
});

test("keeps keys of other callers and other users apart", async () => {
  const server = await sharedServer();
  const ada = await createUser(server, "ada");
  const bob = await createUser(server, "bob");
  await server.call(ada, { body: phone(), headers: key });
  expect(await server.call(bob, { body: email(), headers: key })).toMatchObject({ status: 201 });
  expect(await server.call(ada, { body: email(), headers: key, subject: "another" })).toMatchObject({
    status: 201,
  });
});

test("lets a create that was refused be sent again with its key", async () => {
  const server = await startServer({ METHOD_LIMITS: "phone=1" });
  const methods = await createUser(server);
  const first = await server.call(methods, { body: phone(1) });
  expect(await server.call(methods, { body: phone(2), headers: key })).toMatchObject({ status: 403 });
  await server.call(`${methods}/${encodeURIComponent(first.body.id)}`, { method: "DELETE" });
  expect(await server.call(methods, { body: phone(2), headers: key })).toMatchObject({ status: 201 });
});

test("still knows the answer after a restart", async () => {
  const folder = await temporaryFolder();
  const before = await startServerIn(folder);
  const methods = await createUser(before);
  const { body } = await before.call(methods, { body: totp(), headers: key });
  await before.close();
  const after = await startServerIn(folder);
  expect(await after.call(methods, { body: totp(), headers: key })).toMatchObject({ status: 201, body });
  await after.close();
});

test.each(["", '"', '"a', "a b", "é", `"${"x".repeat(256)}"`])(
  "refuses the malformed key %j",
  async (malformed) => {
    const server = await sharedServer();
    const methods = await createUser(server);
    const headers = { "idempotency-key": Buffer.from(malformed).toString("latin1") };
    expect(await server.call(methods, { body: phone(), headers })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/idempotency-key/i) },
    });
  },
);
