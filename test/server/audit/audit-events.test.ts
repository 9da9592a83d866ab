import { expect, onTestFinished, test } from "vitest";
import { startIssuer } from "../../reliability/support/issuer.ts";
import { phone, totp } from "../../support/methods.ts";
import { send } from "../../support/send.ts";
import { maskedScopes, startServer } from "../../support/server.ts";
import { type SharedServer, sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser } from "../../support/users.ts";
import { signToken } from "../security/http-issuer.ts";

const path = "/users/auth0%7Cada/audit-events";
const unmasked = [...maskedScopes, "read:authentication_methods_unmasked"];

async function actionsOf(server: SharedServer): Promise<string[]> {
  const { body } = await server.call(`${path}?take=100`);
  return body.events.map(({ action }: { action: string }) => action);
}

test("tells who did what, when, from where and with what outcome, the latest first", async () => {
  const server = await startServer();
  const methods = await createUser(server);
  const headers = { "x-request-id": "request-17" };
  const { id } = (await server.call(methods, { body: phone(), headers, subject: "sign-up" })).body;
  await server.call(methods, { body: phone() });
  const { status, body } = await server.call(path);
  expect(status).toBe(200);
  expect(body).toEqual({
    events: [
      expect.objectContaining({ action: "authentication_method.create", outcome: "duplicate" }),
      {
        id: expect.stringMatching(/^\d+-1-2$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        action: "authentication_method.create",
        outcome: "success",
        subject: "sign-up",
        user_id: "auth0|ada",
        method_id: id,
        method_type: "phone",
        request_id: "request-17",
        address: "127.0.0.1",
      },
      expect.objectContaining({ action: "user.create", user_id: "auth0|ada" }),
    ],
  });
});

test("names the application that a token was issued to", async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.http.goDown());
  const server = await startServer(issuer.env);
  const token = await signToken(issuer.key, issuer.claims({ azp: "sign-up-form" }));
  const body = { connection: "email", user_id: "ada" };
  expect((await send(server.origin, "/users", token, { body })).status).toBe(201);
  const answer = await send(server.origin, "/users/email%7Cada/audit-events", token, {});
  expect(answer.body.events[0]).toMatchObject({ subject: "reliability", client_id: "sign-up-form" });
});

test("holds no number, address or secret", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  await createMethod(server, methods, phone());
  await createMethod(server, methods, totp());
  await server.call(methods, { scopes: unmasked });
  const { body } = await server.call(path);
  expect(JSON.stringify(body)).not.toMatch(new RegExp(`${totp().totp_secret}|\\+44|@`));
});

test("names a read in full, and no read of masked data", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { id } = await createMethod(server, methods, phone());
  const one = `${methods}/${encodeURIComponent(id)}`;
  await server.call(methods);
  await server.call(one);
  expect(await actionsOf(server)).toEqual(["authentication_method.create", "user.create"]);
  await server.call(methods, { scopes: unmasked });
  await server.call(one, { scopes: unmasked });
  await server.call("/users/auth0%7Cada");
  expect((await actionsOf(server)).slice(0, 3)).toEqual([
    "user.read",
    "authentication_method.read",
    "authentication_method.list",
  ]);
});

test("is read page by page, and nothing comes twice where more is written meanwhile", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  for (let index = 0; index < 4; index += 1) await createMethod(server, methods, phone(index));
  const first = await server.call(`${path}?take=2`);
  await createMethod(server, methods, phone(9));
  const second = await server.call(`${path}?take=2&from=${first.body.next}`);
  const third = await server.call(`${path}?take=2&from=${second.body.next}`);
  const ids = [first, second, third].flatMap(({ body }) => body.events.map(({ id }: { id: string }) => id));
  expect(new Set(ids).size).toBe(5);
  expect(third.body.next).toBeUndefined();
  expect(third.body.events.at(-1)).toMatchObject({ action: "user.create" });
});

test("stays when its user is deleted", async () => {
  const server = await sharedServer();
  await createMethod(server, await createUser(server), phone());
  await server.call("/users/auth0%7Cada", { method: "DELETE" });
  expect((await actionsOf(server)).slice(0, 2)).toEqual(["user.delete", "authentication_method.delete"]);
});

test("asks for a scope of its own", async () => {
  const server = await sharedServer();
  const scopes = unmasked.filter((scope) => scope !== "read:audit_events");
  expect(await server.call(path, { scopes })).toMatchObject({ status: 403 });
  expect(await server.call(path, { scopes: ["read:audit_events"] })).toMatchObject({ status: 200 });
});

test.each(["take=0", "take=101", "take=a", "from=", "from=1-2", "from=1-2-3-4", "from=a-b-c", "page=1"])(
  "refuses the query %s",
  async (query) => {
    const server = await sharedServer();
    expect(await server.call(`${path}?${query}`)).toMatchObject({ status: 400 });
  },
);
