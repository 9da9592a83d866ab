import { expect, test } from "vitest";
import contract from "../../generated/openapi.json" with { type: "json" };
import { allScopes } from "../../server/security/scopes.ts";
import { validatorOf } from "../../toolkit/conformance/values/validator.ts";
import { listOperations, readDocument, readOperation } from "../../toolkit/openapi/index.ts";
import {
  challengeByCode,
  enrolCredential,
  expectStatus,
  pathsOf,
} from "../server/verification/api/ceremonies.ts";
import { email, phone, totp } from "../support/methods.ts";
import { execute } from "../support/postgres.ts";
import { temporarySchema } from "../support/postgres-schema.ts";
import { send } from "../support/send.ts";
import { type Answer, type Call, startServer, type TestServer } from "../support/server.ts";
import { createMethod, createUser } from "../support/users.ts";

// What any operation may be answered with: each of them is brought into that state, and asked.

const document = readDocument(contract);
const operations = listOperations(document).map((entry) => readOperation(document, entry));

type Request = readonly [path: string, call: Call];

/** A request of each operation that would succeed, of a user that is made for them. */
async function requests(server: TestServer): Promise<ReadonlyMap<string, Request>> {
  const methods = await createUser(server);
  const { id, type } = await createMethod(server, methods, phone());
  const { authenticator } = await enrolCredential(server);
  const paths = pathsOf();
  const method = `${methods}/${encodeURIComponent(id)}`;
  const user = methods.replace(/\/authentication-methods$/, "");
  const challenge = await challengeByCode(server, { id, type });
  const enrolment = expectStatus(
    await server.call(paths.enrolments, { body: { ...email(), delivery: "return" } }),
    202,
  );
  const passkeys = { relying_party_identifier: "login.example.com" };
  const ceremony = expectStatus(await server.call("/passkey/challenge", { body: passkeys }), 201);
  const of: Readonly<Record<string, Request>> = {
    listUsers: ["/users", {}],
    createUser: ["/users", { body: { connection: "email", user_id: "grace" } }],
    getUser: [user, {}],
    deleteUser: [user, { method: "DELETE" }],
    listAuditEvents: [`${user}/audit-events`, {}],
    createAuthenticationMethod: [methods, { body: totp() }],
    listAuthenticationMethods: [methods, {}],
    replaceAuthenticationMethods: [methods, { method: "PUT", body: [] }],
    deleteAuthenticationMethods: [methods, { method: "DELETE" }],
    getAuthenticationMethod: [method, {}],
    updateAuthenticationMethod: [method, { method: "PATCH", body: { name: "Mobile" } }],
    deleteAuthenticationMethod: [method, { method: "DELETE" }],
    startAuthenticationEnrolment: [paths.enrolments, { body: { ...email(1), delivery: "return" } }],
    confirmAuthenticationEnrolment: [
      paths.confirm,
      { body: { auth_session: enrolment.auth_session, otp_code: enrolment.otp_code } },
    ],
    createAuthenticationChallenge: [
      paths.challenges,
      { body: { type, authentication_method_id: id, delivery: "return" } },
    ],
    verifyAuthenticationMethod: [
      paths.verifications,
      { body: { type, auth_session: challenge.auth_session, otp_code: challenge.otp_code } },
    ],
    createPasskeyChallenge: ["/passkey/challenge", { body: passkeys }],
    verifyPasskey: [
      "/passkey/verify",
      {
        body: {
          type: "webauthn",
          auth_session: ceremony.auth_session,
          authn_response: authenticator.get(ceremony.authn_params_public_key),
        },
      },
    ],
  };
  return new Map(Object.entries(of));
}

/** Each operation that documents the status is answered with it, as the contract describes it. */
async function expectEach(status: number, ask: (id: string) => Promise<Answer>): Promise<void> {
  const described = operations.flatMap(({ operationId = "", responses }) =>
    responses.filter(({ code }) => code === String(status)).map((response) => ({ operationId, response })),
  );
  expect(described.length).toBeGreaterThan(0);
  const found = await Promise.all(
    described.map(async ({ operationId, response }) => {
      const answer = await ask(operationId);
      const [schema] = response.contents.flatMap((content) => content.schema ?? []);
      const missing = response.headers
        .filter(({ name }) => !answer.headers.has(name))
        .map(({ name }) => name);
      const errors = schema === undefined ? ["no schema"] : validatorOf(schema).errors(answer.body);
      return { operationId, status: answer.status, missing, errors };
    }),
  );
  expect(found).toEqual(
    described.map(({ operationId }) => ({ operationId, status, missing: [], errors: [] })),
  );
}

/** From now on PostgreSQL refuses every write as it does without room on its disk. */
const full = `
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT table_name FROM information_schema.tables
      WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' LOOP
      EXECUTE format('CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION refuse()', name);
    END LOOP;
  END $$`;

const limited = { RATE_LIMIT: "1000000/10" };

test("each operation that takes a body refuses one that is too large with 413", async () => {
  const server = await startServer(limited);
  const all = await requests(server);
  await expectEach(413, (id) => {
    const [path = "", call = {}] = all.get(id) ?? [];
    return server.call(path, { ...call, body: JSON.stringify({ name: "a".repeat(64 * 1024) }) });
  });
});

test("each operation refuses a body of another media type with 415", async () => {
  const server = await startServer(limited);
  const all = await requests(server);
  await expectEach(415, (id) => {
    const [path = "", call = {}] = all.get(id) ?? [];
    return server.call(path, { ...call, body: "name=Mobile", headers: { "content-type": "text/csv" } });
  });
});

test("each operation refuses a client that has sent too many requests with 429", async () => {
  const server = await startServer({ RATE_LIMIT: "60/3600" });
  const all = await requests(server);
  const subject = "hasty";
  const spend = () => server.call("/users", { subject });
  while ((await spend()).status !== 429);
  await expectEach(429, (id) => {
    const [path = "", call = {}] = all.get(id) ?? [];
    return server.call(path, { ...call, subject });
  });
});

test("each operation is unavailable with 503 while the issuer's keys cannot be fetched", async () => {
  const issuer = await startServer(limited);
  const all = await requests(issuer);
  const server = await startServer({ ...limited, ISSUER: "http://127.0.0.1:1/", AUDIENCE: "test" });
  const token = await issuer.token();
  await expectEach(503, (id) => {
    const [path = "", call = {}] = all.get(id) ?? [];
    return send(server.origin, path, token, call);
  });
});

test("each operation that stores something is refused with 507 while PostgreSQL has no room left", async () => {
  const DATABASE_URL = await temporarySchema();
  const server = await startServer({ ...limited, DATABASE_URL });
  const all = await requests(server);
  await execute(DATABASE_URL, full);
  await expectEach(507, (id) => {
    const [path = "", call = {}] = all.get(id) ?? [];
    // Whoever reads in full is recorded.
    return server.call(path, { ...call, scopes: allScopes(contract) });
  });
});
