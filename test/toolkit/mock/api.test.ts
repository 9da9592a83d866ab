import { Management, ManagementClient } from "auth0";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import document from "../../../generated/openapi.json" with { type: "json" };
import { openApiMock } from "../../../server/api-mock.ts";
import type { DefaultMock } from "../../../toolkit/mock/command.ts";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { startCommand } from "./command-line.ts";

const exampleUser = "auth0|5f7c8ec7c33c6c004bbafe82";
let api: DefaultMock;
let mock: Mock;
let authorization: string;

beforeAll(async () => {
  api = await openApiMock({});
  mock = await createMock(api.document, { ...api.options, port: false });
  const token = await mock.fetch("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", client_id: "any", client_secret: "any" }),
  });
  authorization = `Bearer ${((await token.json()) as { access_token: string }).access_token}`;
});

afterAll(async () => {
  await mock.close();
  await api.close?.();
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return mock.fetch(`/api/v2${path}`, { ...init, headers: { authorization, ...init.headers } });
}

const methods = `/users/${encodeURIComponent(exampleUser)}/authentication-methods`;

test("is seeded with a method of each type, as the contract's examples have them", async () => {
  const listed = (await (await call(methods)).json()) as { type: string }[];
  expect(listed.map(({ type }) => type)).toEqual(["phone", "email", "totp", "webauthn-roaming", "passkey"]);
  expect(listed[0]).toMatchObject({ phone_number: "XXXXXXXXXXXX8750" });
});

test("lists what was created and refuses a duplicate, as the server does", async () => {
  const path = "/users/auth0%7Cwithout-methods/authentication-methods";
  const create = () =>
    call(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "email", email: "new@example.com" }),
    });
  expect((await create()).status).toBe(201);
  expect((await create()).status).toBe(409);
  expect(await (await call(path)).json()).toMatchObject([{ type: "email", confirmed: true }]);
});

test("asks for a token, and for its scopes", async () => {
  expect((await mock.fetch(`/api/v2${methods}`)).status).toBe(401);
});

test.each([401, 403, 404, 429, 503])("answers %i from its example where that is asked for", async (code) => {
  const response = await call(methods, { headers: { prefer: `code=${code}` } });
  expect(response.status).toBe(code);
  expect(await response.json()).toMatchObject({ statusCode: code, message: expect.any(String) });
});

test("tells its contract and the key that its tokens are signed with", async () => {
  expect(await (await mock.fetch("/openapi.json")).json()).toEqual(document);
  expect(await (await mock.fetch("/.well-known/jwks.json")).json()).toMatchObject({ keys: [{ kty: "OKP" }] });
});

describe("the token endpoint", () => {
  const ask = (body: string, contentType = "application/x-www-form-urlencoded") =>
    mock.fetch("/oauth/token", { method: "POST", headers: { "content-type": contentType }, body });

  test("takes a form and grants the scopes asked for", async () => {
    const response = await ask(
      "grant_type=client_credentials&client_id=a&client_secret=b&scope=read%3Ausers",
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({
      token_type: "Bearer",
      expires_in: 86_400,
      scope: "read:users",
    });
  });

  test.each([
    ["another grant", "grant_type=password&client_id=a", "unsupported_grant_type"],
    ["no client", "grant_type=client_credentials", "invalid_request"],
  ])("refuses %s as RFC 6749 says", async (_what, body, error) => {
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error });
  });

  test("refuses malformed JSON", async () => {
    expect((await ask("{", "application/json")).status).toBe(400);
  });
});

test("serves the vendor's SDK over TLS, from its client credentials on, when started by command", async () => {
  const command = await startCommand(["--https"]);
  const { getCACertificates, setDefaultCACertificates } = await import("node:tls");
  const [, file = ""] = await command.printed(/NODE_EXTRA_CA_CERTS=(\S+?),/);
  const { readFile } = await import("node:fs/promises");
  setDefaultCACertificates([...getCACertificates("default"), await readFile(file, "utf8")]);
  const client = new ManagementClient({
    domain: new URL(command.url).host,
    clientId: "any",
    clientSecret: "any",
  });
  const page = await client.users.authenticationMethods.list(exampleUser);
  expect(page.data).toHaveLength(5);
  await expect(client.users.authenticationMethods.list("auth0|nobody")).rejects.toThrow(
    Management.NotFoundError,
  );
  expect(await command.stop()).toBe(0);
});

test("lets anyone in with --no-auth", async () => {
  const command = await startCommand(["--no-auth"]);
  expect((await fetch(`${command.url}/api/v2${methods}`)).status).toBe(200);
  await command.stop();
});
