import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Management, ManagementClient } from "auth0";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { email, passkey, phone, securityKey, totp } from "../support/methods.ts";
import { startServerIn, type TestServer } from "../support/server.ts";
import { serveTls } from "../support/tls.ts";
import { createUser } from "../support/users.ts";

const userId = "auth0|ada";
let folder: string;
let server: TestServer;
let tls: Awaited<ReturnType<typeof serveTls>>;
let domain: string;
let client: ManagementClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sdk-"));
  server = await startServerIn(folder);
  tls = await serveTls(server);
  domain = tls.domain;
});

afterAll(async () => {
  await tls.close();
  await server.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  client = new ManagementClient({ domain, token: await server.token() });
  await client.users.delete(userId);
  await createUser(server, "ada");
});

test("creates each type of method", async () => {
  for (const request of [phone(), email(), totp(), securityKey(), passkey()]) {
    const created = await client.users.authenticationMethods.create(userId, request);
    expect(created).toMatchObject({
      type: request.type,
      id: expect.stringContaining(`${request.type}|dev_`),
    });
    expect(created.created_at).toEqual(expect.any(String));
  }
});

test("lists to the end, page by page", async () => {
  for (let number = 0; number < 7; number++) {
    await client.users.authenticationMethods.create(userId, email(number));
  }
  const ids: unknown[] = [];
  const page = await client.users.authenticationMethods.list(userId, { per_page: 3 });
  for await (const method of page) ids.push(method.id);
  expect(new Set(ids).size).toBe(7);
  expect(page.response).toMatchObject({ total: 7, limit: 3 });
});

test("lists a user without methods", async () => {
  const page = await client.users.authenticationMethods.list(userId);
  expect(page.data).toEqual([]);
});

test("reads, changes and deletes a method", async () => {
  const { id = "" } = await client.users.authenticationMethods.create(userId, phone());
  const changes = { name: "New", preferred_authentication_method: "voice" } as const;
  await client.users.authenticationMethods.update(userId, id, changes);
  expect(await client.users.authenticationMethods.get(userId, id)).toMatchObject({
    id,
    ...changes,
    confirmed: true,
  });
  await client.users.authenticationMethods.delete(userId, id);
  await expect(client.users.authenticationMethods.get(userId, id)).rejects.toThrow(Management.NotFoundError);
});

test("replaces all methods, then deletes all", async () => {
  await client.users.authenticationMethods.create(userId, securityKey());
  const replaced = await client.users.authenticationMethods.set(userId, [email(), phone(), totp()]);
  expect(replaced.map(({ type }) => type)).toEqual(["email", "phone", "totp"]);
  await client.users.authenticationMethods.deleteAll(userId);
  expect((await client.users.authenticationMethods.list(userId)).data).toEqual([]);
});

test("throws its own errors, one for each status", async () => {
  const { authenticationMethods } = client.users;
  await authenticationMethods.create(userId, passkey());
  await expect(authenticationMethods.create(userId, passkey())).rejects.toThrow(Management.ConflictError);
  await expect(authenticationMethods.deleteAll(userId)).rejects.toThrow(Management.ForbiddenError);
  await expect(authenticationMethods.list("auth0|nobody")).rejects.toThrow(Management.NotFoundError);
  await expect(authenticationMethods.list("nobody")).rejects.toThrow(Management.BadRequestError);
  const anonymous = new ManagementClient({ domain, token: "not a token" });
  await expect(anonymous.users.authenticationMethods.list(userId)).rejects.toThrow(
    Management.UnauthorizedError,
  );
  await expect(authenticationMethods.create(userId, { type: "email" })).rejects.toMatchObject({
    statusCode: 400,
    body: { message: "Payload validation error: 'Missing required property: email'." },
  });
});

test("creates, reads and deletes a user", async () => {
  const created = await client.users.create({
    connection: "Username-Password-Authentication",
    user_id: "bob",
  });
  expect(created.user_id).toBe("auth0|bob");
  expect(await client.users.get("auth0|bob")).toMatchObject({ user_id: "auth0|bob" });
  await client.users.delete("auth0|bob");
  await expect(client.users.get("auth0|bob")).rejects.toThrow(Management.NotFoundError);
});
