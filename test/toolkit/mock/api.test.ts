import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Management, ManagementClient } from "auth0";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "../../../client/src/index.ts";
import document from "../../../generated/openapi.json" with { type: "json" };
import { createApiMock, openApiMock } from "../../../server/api-mock.ts";
import type { DefaultMock } from "../../../toolkit/mock/command.ts";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { type RunningCommand, runToEnd, startCommand } from "./command-line.ts";

const exampleUser = "auth0|5f7c8ec7c33c6c004bbafe82";
let api: DefaultMock;
let mock: Mock;
let authorization: string;

beforeAll(async () => {
  api = await openApiMock();
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

test("answers in a browser as the application does: its docs arrive encoded, and say so", async () => {
  const response = await mock.fetch("/docs/", { headers: { "accept-encoding": "gzip" }, redirect: "manual" });
  const body = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get("content-encoding") === "gzip").toBe(body[0] === 0x1f && body[1] === 0x8b);
});

describe("every preference of the help", () => {
  test.each(["delay=1", "validate=true", "dynamic=false", "auth=true", "auth=false"])(
    "%s lets the application answer",
    async (preference) => {
      const [name, value] = preference.split("=");
      for (const response of [
        await call(`${methods}?__${name}=${value}`),
        await call(methods, { headers: { prefer: preference } }),
      ]) {
        expect(response.status).toBe(200);
        expect(await response.json()).toHaveLength(5);
      }
    },
  );

  test.each(["code=404", "dynamic=true", "seed=x", "validate=false", "code=404, example=UnknownUser"])(
    "%s lets the contract answer",
    async (preference) => {
      const response = await call(methods, { headers: { prefer: preference } });
      expect(response.status).toBe(preference.startsWith("code") ? 404 : 200);
    },
  );

  test("auth=false needs no token, and minds no wrong one", async () => {
    for (const headers of [{}, { authorization: "Bearer nonsense" }])
      expect((await mock.fetch(`/api/v2${methods}?__auth=false`, { headers })).status).toBe(200);
  });
});

test.each([
  "--dynamic",
  "--errors",
  "--ignoreExamples",
  "--no-validate",
  "--json-schema-faker-fillProperties",
])("%s is refused, since the application answers", async (flag) => {
  const { code, output } = await runToEnd([flag]);
  expect(code).toBe(2);
  expect(output).toMatch(new RegExp(`^${flag} works where a document is mocked: name one\\.`));
});

test("fails as often as --fail says, answers undocumented statuses with --lenient, and remembers without being told", async () => {
  const command = await startCommand(["--no-auth", "--fail", "100%", "--lenient", "--stateful"]);
  const answered = await fetch(`${command.url}/api/v2${methods}`);
  expect([429, 503, 507]).toContain(answered.status);
  expect((await fetch(`${command.url}/api/v2${methods}?__code=418`)).status).toBe(418);
  expect(await command.stop()).toBe(0);
});

describe("started by command, without a flag", () => {
  let folder: string;
  let command: RunningCommand;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mock-"));
    command = await startCommand([], folder);
  });
  afterAll(async () => {
    await command.stop("SIGKILL");
    await rm(folder, { recursive: true });
  });

  test("prints how to get a token and what to try, to be pasted as it is", async () => {
    const [lines] = await command.printed(/^TOKEN=.*\ncurl .*$/m);
    const { stdout } = await promisify(execFile)("bash", ["-c", `${lines}`]);
    expect(JSON.parse(stdout)).toHaveLength(5);
  });

  test("tells in its log why the application refused a request", async () => {
    await fetch(`${command.url}/api/v2${methods}`);
    await command.printed(/^\d\d:\d\d:\d\d GET .* 401 .*the application: \w+: .+/m);
  });

  test("leaves nothing on the disk, and its tokens are no other server's", async () => {
    const { issuer } = (await (await fetch(`${command.url}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
    };
    expect(issuer).toMatch(/\.invalid\/$/);
    expect(await command.stop()).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("createApiMock", () => {
  test("answers without a port, with a token at hand, each mock with a store of its own", async () => {
    const [one, other] = await Promise.all([createApiMock(), createApiMock({ auth: false })]);
    const headers = { authorization: `Bearer ${one.token}` };
    const path = "/api/v2/users/auth0%7Cgrace/authentication-methods";
    expect((await one.fetch(path)).status).toBe(401);
    expect((await one.fetch(path, { method: "DELETE", headers })).status).toBe(204);
    expect(await (await one.fetch(path, { headers })).json()).toEqual([]);
    expect(await (await other.fetch(path)).json()).toHaveLength(2);
    expect((await other.fetch(path, { headers })).status).toBe(200);
    expect(one.requests.map(({ status }) => status)).toEqual([401, 204, 200]);
    await Promise.all([one.close(), other.close()]);
  });

  test("answers a request as a route handler of Next.js gets it, wrapped", async () => {
    const api = await createApiMock({ auth: false });
    const request = new Request(`https://api.example.com/api/v2${methods}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "email", email: "ada@example.com" }),
    });
    const wrapped = new Proxy(request, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    expect((await api.fetch(wrapped)).status).toBe(201);
    await api.close();
  });

  test("is what the typed client can be given", async () => {
    const api = await createApiMock();
    const client = createClient({ baseUrl: `${api.url}/api/v2`, token: api.token, fetch: api.fetch });
    const { data } = await client.GET("/users/{id}/authentication-methods", {
      params: { path: { id: exampleUser } },
    });
    expect(data).toHaveLength(5);
    await api.close();
  });
});

test("lets anyone in with --no-auth, whatever token they send", async () => {
  const command = await startCommand(["--no-auth"]);
  for (const headers of [{}, { authorization: "Bearer nonsense" }, { authorization: "Basic YTpi" }])
    expect((await fetch(`${command.url}/api/v2${methods}`, { headers })).status).toBe(200);
  await command.stop();
});
