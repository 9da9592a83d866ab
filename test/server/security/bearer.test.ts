import { createHmac } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import { exportSPKI, importJWK, type JWTPayload } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearerToken, createBearerHandler } from "../../../server/security/bearer.ts";
import { createIssuerKeys, type IssuerKeys } from "../../../server/security/issuer-keys.ts";
import { createTokenVerifier } from "../../../server/security/token-verifier.ts";
import { createSigningKey, type HttpIssuer, signToken, startHttpIssuer } from "./http-issuer.ts";

const audience = "https://api.example/api/v2/";
const scope = "create:authentication_methods";
const invalidSignature = "Invalid signature received for JSON Web Token validation";
const log = { warn() {}, info() {} };

const [rsa, pss, ec, ed, ed25519, foreign] = await Promise.all([
  createSigningKey("rsa", "RS256"),
  createSigningKey("pss", "PS256"),
  createSigningKey("ec", "ES256"),
  createSigningKey("ed", "EdDSA"),
  createSigningKey("ed25519", "Ed25519"),
  createSigningKey("foreign", "RS256"),
]);

let issuer: HttpIssuer;
let keys: IssuerKeys;
let app: FastifyInstance;
let address: string;

beforeAll(async () => {
  issuer = await startHttpIssuer();
  issuer.publish(rsa, pss, ec, ed, ed25519);
  keys = createIssuerKeys({ issuer: issuer.url, log });
  ({ app, address } = await serve(keys));
});

afterAll(async () => {
  keys.close();
  await app.close();
  await issuer.goDown();
});

/** A server with one operation that requires `scope`, and errors in the API's envelope. */
async function serve(issuerKeys: IssuerKeys) {
  const server = Fastify();
  const authenticate = createBearerHandler(
    createTokenVerifier({ issuer: issuer.url, audience, keys: issuerKeys }),
  );
  server.addHook("onRequest", async (request) => {
    const { subject, scopes, expiresAt } = await authenticate(request, [scope]);
    request.headers["x-principal"] = JSON.stringify({ subject, scopes: [...scopes], expiresAt });
  });
  server.setErrorHandler((error: Error & Record<string, unknown>, _request, reply) => {
    const { message, statusCode, errorCode, wwwAuthenticate, retryAfter } = error;
    if (wwwAuthenticate !== undefined) reply.header("www-authenticate", wwwAuthenticate);
    if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
    return reply.code((statusCode as number | undefined) ?? 500).send({ statusCode, message, errorCode });
  });
  server.get("/", (request) => request.headers["x-principal"]);
  return { app: server, address: await server.listen({ port: 0, host: "127.0.0.1" }) };
}

async function send(authorization: string | undefined, url = address) {
  const response = await fetch(url, { headers: authorization === undefined ? {} : { authorization } });
  return {
    status: response.status,
    challenge: response.headers.get("www-authenticate"),
    retryAfter: response.headers.get("retry-after"),
    body: (await response.json()) as Record<string, unknown>,
  };
}

const seconds = () => Math.floor(Date.now() / 1_000);

function claims(changes: Record<string, unknown> = {}): JWTPayload {
  return { iss: issuer.url, aud: audience, sub: "client", exp: seconds() + 600, scope, ...changes };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a good token", () => {
  test.each([rsa, pss, ec, ed, ed25519])("signed with $alg is accepted, the second time too", async (key) => {
    const token = await signToken(key, claims());
    for (let round = 0; round < 2; round += 1) {
      const { status, body } = await send(`Bearer ${token}`);
      expect({ status, body }).toMatchObject({ status: 200, body: { subject: "client", scopes: [scope] } });
    }
  });

  test("may be signed by either name of Ed25519, whichever the key was published under", async () => {
    for (const token of [
      await signToken({ ...ed25519, kid: "ed", privateKey: ed.privateKey }, claims()),
      await signToken({ ...ed, kid: "ed25519", privateKey: ed25519.privateKey }, claims()),
    ])
      expect((await send(`Bearer ${token}`)).status).toBe(200);
  });

  test.each([null, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt"])(
    "may have the type %s",
    async (typ) => {
      expect((await send(`Bearer ${await signToken(ec, claims(), typ)}`)).status).toBe(200);
    },
  );

  test.each(["bearer", "BEARER", "Bearer  "])("is accepted after the scheme written %j", async (scheme) => {
    expect((await send(`${scheme} ${await signToken(ec, claims())}`)).status).toBe(200);
  });

  test("may be for several audiences", async () => {
    const token = await signToken(ec, claims({ aud: [`${issuer.url}/userinfo`, audience] }));
    expect((await send(`Bearer ${token}`)).status).toBe(200);
  });

  test.each([
    ["a scope string", { scope: `read:users ${scope}` }, ["read:users", scope]],
    ["a scope array", { scope: ["read:users", scope] }, ["read:users", scope]],
    ["permissions", { scope: undefined, permissions: [scope] }, [scope]],
    ["both, and odd members", { scope, permissions: ["read:users", 7, ""] }, [scope, "read:users"]],
  ])("grants what %s say", async (_case, changes, expected) => {
    const { body } = await send(`Bearer ${await signToken(ec, claims(changes))}`);
    expect(body.scopes).toEqual(expected);
  });

  test.each([
    ["sub", { sub: "s", azp: "a", client_id: "c" }, "s"],
    ["azp where there is no sub", { sub: undefined, azp: "a", client_id: "c" }, "a"],
    ["client_id where there is neither", { sub: undefined, client_id: "c" }, "c"],
  ])("speaks for its %s", async (_case, changes, subject) => {
    const { body } = await send(`Bearer ${await signToken(ec, claims(changes))}`);
    expect(body.subject).toBe(subject);
  });
});

describe("a refusal", () => {
  const notBearer: [string, string][] = [
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["a scheme alone", "Bearer"],
    ["a token alone", "e30.e30.e30"],
    ["two tokens", "Bearer e30.e30.e30 e30.e30.e30"],
    ["two schemes", "Bearer e30.e30.e30, Basic dXNlcjpwYXNz"],
  ];

  test("of a request without a token names no error", async () => {
    expect(await send(undefined)).toMatchObject({
      status: 401,
      challenge: 'Bearer realm="authentication-methods"',
      body: { statusCode: 401, message: "Missing authentication" },
    });
  });

  test.each(notBearer)("of %s", async (_case, authorization) => {
    expect(await send(authorization)).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_request"'),
      body: { statusCode: 401, message: "Bad HTTP authentication header format" },
    });
  });

  const hs256 = async (secret: Buffer | string, kid: string) => {
    const input = `${encode({ alg: "HS256", kid })}.${encode(claims())}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  };
  const publicKey = async () => (await importJWK(rsa.publicJwk, "RS256")) as Parameters<typeof exportSPKI>[0];
  const withLastCharacterChanged = (token: string) => {
    const at = token.lastIndexOf(".") + 10;
    return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
  };
  const withPayload = (token: string, payload: JWTPayload) => {
    const [header, , signature] = token.split(".");
    return `${header}.${encode(payload)}.${signature}`;
  };

  const bad: [string, () => string | Promise<string>, string, string][] = [
    ["an opaque token", () => "opaque", invalidSignature, "not a JSON Web Token"],
    ["two parts", () => "e30.e30", invalidSignature, "not a JSON Web Token"],
    ["a header that is no JSON", () => "bm8.e30.e30", invalidSignature, "not a JSON Web Token"],
    [
      "five parts",
      () => `${encode({ alg: "RS256", kid: "rsa" })}.a.b.c.d`,
      invalidSignature,
      "not a JSON Web",
    ],
    ["an overlong token", () => `e30.${"a".repeat(8_192)}.e30`, invalidSignature, "at most 8192 characters"],
    [
      "alg none",
      () => `${encode({ alg: "none" })}.${encode(claims())}.`,
      invalidSignature,
      "RS256, ES256, PS256 or EdDSA",
    ],
    [
      "HS256 signed with the public key in PEM",
      async () => hs256(await exportSPKI(await publicKey()), "rsa"),
      invalidSignature,
      "RS256, ES256, PS256 or EdDSA",
    ],
    [
      "HS256 signed with the public key's modulus",
      () => hs256(Buffer.from(String(rsa.publicJwk.n), "base64url"), "rsa"),
      invalidSignature,
      "RS256, ES256, PS256 or EdDSA",
    ],
    [
      "an algorithm other than its key's",
      () => signToken({ ...pss, kid: "rsa" }, claims()),
      invalidSignature,
      "no key with the key id and algorithm",
    ],
    [
      "a critical header we do not know",
      async () => {
        const input = encode({ alg: "ES256", kid: "ec", crit: ["exp"], exp: 1 });
        return `${input}.${encode(claims())}.AAAA`;
      },
      invalidSignature,
      "not a JSON Web Token",
    ],
    [
      "a changed signature",
      async () => withLastCharacterChanged(await signToken(rsa, claims())),
      invalidSignature,
      "The signature of the token does not match",
    ],
    [
      "a changed payload",
      async () => withPayload(await signToken(ec, claims()), claims({ sub: "somebody else" })),
      invalidSignature,
      "The signature of the token does not match",
    ],
    [
      "another issuer's key under a key id of ours",
      () => signToken({ ...foreign, kid: "rsa" }, claims()),
      invalidSignature,
      "The signature of the token does not match",
    ],
    [
      "another issuer's key id",
      () => signToken(foreign, claims()),
      invalidSignature,
      "no key with the key id and algorithm",
    ],
    [
      "a wrong issuer",
      () => signToken(ec, claims({ iss: "https://other.example/" })),
      "Invalid token",
      "another issuer",
    ],
    [
      "an issuer that differs by a slash",
      () => signToken(ec, claims({ iss: `${issuer.url}/` })),
      "Invalid token",
      "another issuer",
    ],
    [
      "a wrong audience",
      () => signToken(ec, claims({ aud: "https://other.example/" })),
      "Invalid token",
      "another audience",
    ],
    [
      "an audience that differs by a slash",
      () => signToken(ec, claims({ aud: audience.slice(0, -1) })),
      "Invalid token",
      "another audience",
    ],
    [
      "no audience",
      () => signToken(ec, claims({ aud: undefined })),
      "Invalid token",
      "lacks a required claim",
    ],
    [
      "an expired token",
      () => signToken(ec, claims({ exp: seconds() - 6 })),
      "Expired token received for JSON Web Token validation",
      "The token has expired",
    ],
    ["no expiry", () => signToken(ec, claims({ exp: undefined })), "Invalid token", "lacks a required claim"],
    [
      "a token not yet valid",
      () => signToken(ec, claims({ nbf: seconds() + 60 })),
      "Invalid token",
      "The token is not valid yet",
    ],
    [
      "an expiry that is no number",
      () => signToken(ec, claims({ exp: "tomorrow" })),
      "Invalid token",
      "the wrong type",
    ],
    ...[
      "logout+jwt",
      "dpop+jwt",
      "secevent+jwt",
      "id_token+jwt",
      "application/logout+jwt",
      "token-introspection+jwt",
      "kb+jwt",
      "at+jwt ",
      "JOSE",
      "",
    ].map((typ): [string, () => Promise<string>, string, string] => [
      `a token of the type ${JSON.stringify(typ)}`,
      () => signToken(ec, claims(), typ),
      "Invalid token",
      "no access token",
    ]),
    [
      "a type that is no string",
      () => signToken(ec, claims(), 7 as never),
      "Invalid token",
      "no access token",
    ],
    [
      "a logout that calls itself a JWT",
      () => signToken(ec, claims({ events: { "http://schemas.openid.net/event/backchannel-logout": {} } })),
      "Invalid token",
      "tells of an event",
    ],
    ...[{ jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }, { "x5t#S256": "bwcK0esc3ACC3DB2" }, null].map(
      (cnf): [string, () => Promise<string>, string, string] => [
        `a token bound by cnf ${JSON.stringify(cnf)}`,
        () => signToken(ec, claims({ cnf })),
        "Invalid token",
        "bound to a key of its holder",
      ],
    ),
    [
      "no subject",
      () => signToken(ec, claims({ sub: undefined })),
      "Invalid token",
      "lacks a required claim",
    ],
  ];

  test.each(bad)("of %s, the second time too", async (_case, makeToken, message, description) => {
    const token = await makeToken();
    for (let round = 0; round < 2; round += 1) {
      const answer = await send(`Bearer ${token}`);
      expect(answer).toMatchObject({ status: 401, body: { statusCode: 401, message } });
      expect(answer.challenge).toMatch(
        /^Bearer realm="authentication-methods", error="invalid_token", error_description="[^"\\]+"$/,
      );
      expect(answer.challenge).toContain(description);
      expect(JSON.stringify(answer)).not.toContain(token);
    }
  });

  test("of a token without the scope is 403 and names the scope", async () => {
    const token = await signToken(ec, claims({ scope: "read:authentication_methods" }));
    expect(await send(`Bearer ${token}`)).toMatchObject({
      status: 403,
      challenge: `Bearer realm="authentication-methods", error="insufficient_scope", error_description="The token does not grant the required scope", scope="${scope}"`,
      body: {
        statusCode: 403,
        errorCode: "insufficient_scope",
        message: "Insufficient scope, expected any of: create:authentication_methods",
      },
    });
  });

  test("of every token is 503 with Retry-After while the issuer's keys were never reached", async () => {
    const unreachable = createIssuerKeys({ issuer: "http://127.0.0.1:1", log });
    const server = await serve(unreachable);
    try {
      const answer = await send(`Bearer ${await signToken(ec, claims())}`, server.address);
      expect(answer).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
      expect((await send(undefined, server.address)).status).toBe(401);
    } finally {
      unreachable.close();
      await server.app.close();
    }
  });
});

test("an operation may require several scopes, all of them", async () => {
  const authenticate = createBearerHandler({
    verify: () => ({
      subject: "client",
      user: "client",
      clientId: undefined,
      scopes: new Set(["read:users"]),
      expiresAt: 0,
    }),
    cached: () => undefined,
  });
  const request = { headers: { authorization: "Bearer token" } } as never;
  expect(authenticate(request, ["read:users"])).toMatchObject({ subject: "client" });
  expect(authenticate(request, [])).toMatchObject({ subject: "client" });
  expect(() => authenticate(request, ["read:users", "delete:users"])).toThrow(
    "Insufficient scope, expected all of: read:users, delete:users",
  );
});

test("the token of a request can be read without verifying it", () => {
  expect(bearerToken("Bearer a.b.c")).toBe("a.b.c");
  expect(bearerToken("Basic abc")).toBeUndefined();
  expect(bearerToken(undefined)).toBeUndefined();
});
