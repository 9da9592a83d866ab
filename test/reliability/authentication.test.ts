import { createHmac } from "node:crypto";
import { exportSPKI, importJWK, type JWTPayload } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSigningKey, signToken } from "../server/security/http-issuer.ts";
import { phone } from "../support/methods.ts";
import { createMethod, createUser } from "../support/users.ts";
import { report } from "./support/findings.ts";
import { everyScope, startIssuer, type TestIssuer } from "./support/issuer.ts";
import { everyOperation, type OperationRequest, pathOf } from "./support/operations.ts";
import { ServerProcess } from "./support/server-process.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const userId = "auth0|ada";
const otherTenant = await createSigningKey("other-tenant", "RS256");

let issuer: TestIssuer;
let server: ServerProcess;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let methodId: string;

beforeAll(async () => {
  issuer = await startIssuer();
  folder = await temporaryFolder();
  server = new ServerProcess(issuer, { DATABASE_URL: `sqlite:${folder.path}/test.sqlite` });
  await server.start();
  methodId = (await createMethod(server, await createUser(server), phone())).id;
});

afterAll(async () => {
  await server.kill();
  await issuer.http.goDown();
  await folder.remove();
});

const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = (changes: JWTPayload = {}) => signToken(issuer.key, issuer.claims(changes));

function unsigned(header: object): string {
  return `${encode(header)}.${encode(issuer.claims())}`;
}

/** A verifier that takes the algorithm from the token would take its public key for the shared secret. */
async function signedWithThePublicKey(): Promise<string> {
  const publicKey = await importJWK(issuer.key.publicJwk, "RS256");
  const pem = await exportSPKI(publicKey as Parameters<typeof exportSPKI>[0]);
  const input = unsigned({ alg: "HS256", kid: issuer.key.kid, typ: "JWT" });
  return `${input}.${createHmac("sha256", pem).update(input).digest("base64url")}`;
}

async function withAnotherSignature(): Promise<string> {
  const [header, payload] = (await sign()).split(".");
  const [, , signature] = (await sign({ sub: "somebody else" })).split(".");
  return `${header}.${payload}.${signature}`;
}

const invalidSignature = "Invalid signature received for JSON Web Token validation";

/** The messages are those in the documentation of UnauthenticatedError. */
const unauthenticated: readonly [string, () => Promise<string> | string | undefined, string][] = [
  ["no token", () => undefined, "Missing authentication"],
  ["another scheme", () => "Basic YTpi", "Bad HTTP authentication header format"],
  ["a malformed token", () => "Bearer not.a.token", invalidSignature],
  ["alg none", () => `Bearer ${unsigned({ alg: "none" })}.`, invalidSignature],
  [
    "HS256 signed with the public key",
    async () => `Bearer ${await signedWithThePublicKey()}`,
    invalidSignature,
  ],
  ["another token's signature", async () => `Bearer ${await withAnotherSignature()}`, invalidSignature],
  ["another issuer", async () => `Bearer ${await sign({ iss: "https://evil.example/" })}`, "Invalid token"],
  ["another audience", async () => `Bearer ${await sign({ aud: "https://evil.example/" })}`, "Invalid token"],
  [
    "an expired token",
    async () => `Bearer ${await sign({ exp: now() - 60 })}`,
    "Expired token received for JSON Web Token validation",
  ],
  ["a token not yet valid", async () => `Bearer ${await sign({ nbf: now() + 60 })}`, "Invalid token"],
  [
    "another tenant's key id",
    async () => `Bearer ${await signToken(otherTenant, issuer.claims())}`,
    invalidSignature,
  ],
  [
    "another tenant's key under our key id",
    async () => `Bearer ${await signToken({ ...otherTenant, kid: issuer.key.kid }, issuer.claims())}`,
    invalidSignature,
  ],
];

interface Refusal {
  readonly status: number;
  readonly body: object;
  readonly headers?: readonly string[];
}

/** Sends the operation's request, expects the refusal, and that nothing was changed. */
async function expectRefusal(
  operation: OperationRequest,
  authorization: string | undefined,
  refusal: Refusal,
  origin = server.origin,
): Promise<void> {
  const before = await state();
  const response = await fetch(`${origin}/api/v2${pathOf(operation, userId, methodId)}`, {
    method: operation.method,
    headers: {
      "content-type": "application/json",
      ...(authorization !== undefined && { authorization }),
    },
    ...(operation.body !== undefined && { body: JSON.stringify(operation.body) }),
  });
  const text = await response.text();
  expect(response.status).toBe(refusal.status);
  if (operation.method === "HEAD") expect(text).toBe("");
  else expect(JSON.parse(text)).toEqual(refusal.body);
  for (const header of refusal.headers ?? []) expect(response.headers.get(header)).toBeTruthy();
  expect(await state()).toEqual(before);
}

async function state() {
  const [user, intruder, methods] = await Promise.all([
    server.call("/users/auth0%7Cada"),
    server.call("/users/auth0%7Cintruder"),
    server.call("/users/auth0%7Cada/authentication-methods"),
  ]);
  return [user, intruder, methods].map(({ status, body }) => ({ status, body }));
}

describe.each(everyOperation)("$id", (operation) => {
  test.each(unauthenticated)("refuses %s", async (_what, authorize, message) => {
    await expectRefusal(operation, await authorize(), {
      status: 401,
      body: { statusCode: 401, error: "Unauthorized", message },
      headers: ["www-authenticate"],
    });
  });

  test("refuses a token with every scope but its own", async () => {
    const scope = everyScope.filter((name) => name !== operation.scope).join(" ");
    await expectRefusal(operation, `Bearer ${await sign({ scope })}`, {
      status: 403,
      body: {
        statusCode: 403,
        error: "Forbidden",
        message: `Insufficient scope, expected any of: ${operation.scope}`,
        errorCode: "insufficient_scope",
      },
      headers: ["www-authenticate"],
    });
  });
});

describe("while the issuer's keys were never reached", () => {
  let unreachable: TestIssuer;
  let blind: ServerProcess;

  beforeAll(async () => {
    unreachable = await startIssuer();
    await unreachable.http.goDown();
    blind = new ServerProcess(unreachable, { DATABASE_URL: `sqlite:${folder.path}/test.sqlite` });
    await blind.start();
  });

  afterAll(() => blind.kill());

  test.each(everyOperation)("$id is unavailable, and says when to come back", async (operation) => {
    const token = await signToken(unreachable.key, unreachable.claims());
    const refusal = {
      status: 503,
      body: {
        statusCode: 503,
        error: "Service Unavailable",
        message: "Tokens cannot be verified at the moment: the issuer's keys are not available.",
        errorCode: "service_unavailable",
      },
      headers: ["retry-after"],
    };
    await expectRefusal(operation, `Bearer ${token}`, refusal, blind.origin);
  });
});

test("every operation accepts a token with its scope alone", async (context) => {
  for (const [index, operation] of everyOperation.entries()) {
    const id = `lone-scope-${index}`;
    const { id: ownMethod } = await createMethod(server, await createUser(server, id), phone());
    const answer = await server.call(pathOf(operation, `auth0|${id}`, ownMethod), {
      method: operation.method,
      ...(operation.body !== undefined && { body: operation.body }),
      scopes: [operation.scope],
    });
    expect({ id: operation.id, status: answer.status, code: answer.body?.errorCode ?? "none" }).toEqual({
      id: operation.id,
      status: expect.toSatisfy((status: number) => operation.isAnswer || (status >= 200 && status < 300)),
      code: expect.toSatisfy((code: unknown) => code !== "insufficient_scope"),
    });
  }
  report(context, {
    operations: everyOperation.length,
    "refusals each": unauthenticated.length + 2,
    "refused wrongly or not at all": 0,
  });
});
