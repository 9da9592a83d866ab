import { expect, test } from "vitest";
import { email, phone } from "../../../support/methods.ts";
import { type SharedServer, sharedServer } from "../../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../../support/users.ts";
import { Authenticator } from "../authenticator.ts";
import {
  codeNow,
  enrolCredential,
  expectStatus,
  otherThan,
  pathsOf,
  relyingParty,
  wrongCode,
} from "./ceremonies.ts";

const { enrolments, confirm, verifications, methods } = pathsOf();
const app = { type: "totp", name: "Phone app", issuer: "Example", account_name: "ada@example.com" };

async function withUser(env: Record<string, string> = {}) {
  const server = await sharedServer(env);
  await createUser(server);
  return server;
}

async function start(server: SharedServer, body: object) {
  return expectStatus(await server.call(enrolments, { body }), 202);
}

test("enrols an authenticator app; the code that confirms counts as used", async () => {
  const server = await withUser();
  const started = await start(server, app);
  expect((await server.call(methods)).body).toEqual([]);
  const secret = started.manual_input_code;
  expect(new URL(started.barcode_uri).searchParams.get("secret")).toBe(secret);
  const code = codeNow(secret);
  const created = await server.call(confirm, {
    body: { auth_session: started.auth_session, otp_code: code },
  });
  const method = expectStatus(created, 201);
  expect(method).toEqual({
    id: expect.stringMatching(/^totp\|dev_/),
    type: "totp",
    name: "Phone app",
    totp_secret: secret,
    created_at: expect.any(String),
  });
  const answer = { type: "totp", authentication_method_id: method.id, otp_code: code };
  expect((await server.call(verifications, { body: answer })).body.errorCode).toBe("verification_failed");
  const next = { ...answer, otp_code: codeNow(secret, 1) };
  expectStatus(await server.call(verifications, { body: next }), 200);
});

test.each([phone(), email()])(
  "enrols a $type by its code, and refuses a second time as a duplicate",
  async (request) => {
    const server = await withUser();
    const { auth_session, otp_code } = await start(server, { ...request, delivery: "return" });
    const wrong = await server.call(confirm, { body: { auth_session, otp_code: otherThan(otp_code) } });
    expect(wrong.body.errorCode).toBe("verification_failed");
    const body = { auth_session, otp_code };
    const method = expectStatus(await server.call(confirm, { body }), 201);
    expect((await server.call(methods)).body).toMatchObject([{ id: method.id, confirmed: true }]);
    const twice = await server.call(confirm, { body });
    expect([twice.status, twice.body.errorCode]).toEqual([409, "authentication_method_exists"]);
    expect((await server.call(enrolments, { body: request })).status).toBe(409);
  },
);

test("confirms nothing twice, not even once the method is gone", async () => {
  const server = await withUser();
  const { auth_session, otp_code } = await start(server, { ...phone(), delivery: "return" });
  const method = expectStatus(await server.call(confirm, { body: { auth_session, otp_code } }), 201);
  expectStatus(await server.call(`${methods}/${encodeURIComponent(method.id)}`, { method: "DELETE" }), 204);
  const again = await server.call(confirm, { body: { auth_session, otp_code } });
  expect(again.body.errorCode).toBe("challenge_expired");
});

test("ends an enrolment with its fifth wrong code", async () => {
  const server = await withUser();
  const started = await start(server, app);
  const { auth_session, manual_input_code: secret } = started;
  for (let wrong = 0; wrong < 5; wrong += 1)
    await server.call(confirm, { body: { auth_session, otp_code: wrongCode(secret) } });
  const refused = await server.call(confirm, { body: { auth_session, otp_code: codeNow(secret) } });
  expect(refused.body.errorCode).toBe("challenge_expired");
});

test.each(["passkey", "webauthn-roaming"] as const)("enrols a %s that then verifies", async (type) => {
  const server = await withUser();
  const { method, authenticator, started, confirmed } = await enrolCredential(server, "auth0|ada", type, {
    signCount: 3,
  });
  expect(started.authn_params_public_key).toMatchObject({
    rp: { id: relyingParty, name: "Example" },
    user: { name: "ada", displayName: "ada" },
    excludeCredentials: [],
    authenticatorSelection: { residentKey: type === "passkey" ? "required" : "discouraged" },
    attestation: "none",
  });
  expect(method).toEqual({
    id: expect.any(String),
    type,
    key_id: authenticator.id,
    public_key: authenticator.publicKey.toString("base64"),
    relying_party_identifier: relyingParty,
    ...(type === "passkey" && {
      aaguid: "00000000-0000-0000-0000-000000000000",
      credential_device_type: "multi_device",
      credential_backed_up: true,
      user_handle: authenticator.userHandle,
      transports: ["internal", "hybrid"],
    }),
    created_at: expect.any(String),
  });
  expect((await server.call(confirm, { body: confirmed })).status).toBe(409);
  const body = { type: "webauthn", relying_party_identifier: relyingParty };
  const challenge = expectStatus(await server.call(pathsOf().challenges, { body }), 201);
  const authn_response = authenticator.get(challenge.authn_params_public_key, { signCount: 3 });
  const answer = { type: "webauthn", auth_session: challenge.auth_session, authn_response };
  const verified = expectStatus(await server.call(verifications, { body: answer }), 200);
  expect(verified.signature_counter).toBe("not_increased");
  expect((await server.call(pathsOf().methods)).body[0].last_auth_at).toBe(verified.verified_at);
  const second = await start(server, {
    type,
    relying_party_identifier: relyingParty,
    relying_party_name: "Example",
    user_name: "ada",
  });
  expect(second.authn_params_public_key.excludeCredentials[0].id).toBe(authenticator.id);
  expect(second.authn_params_public_key.user.id).toBe(authenticator.userHandle);
});

test.each([
  ["another origin", { origin: "https://evil.example.com" }, "origin_not_allowed"],
  ["a frame of another origin", { crossOrigin: true }, "verification_failed"],
  ["no verified user where a passkey needs one", { userVerified: false }, "user_verification_missing"],
  ["backed up but not eligible for it", { backupEligible: false }, "verification_failed"],
] as const)("refuses a new credential of %s", async (_what, behaviour, errorCode) => {
  const server = await withUser();
  const request = {
    type: "passkey",
    relying_party_identifier: relyingParty,
    relying_party_name: "E",
    user_name: "a",
  };
  const { auth_session, authn_params_public_key: options } = await start(server, request);
  const authn_response = new Authenticator().create(options, behaviour);
  const refused = await server.call(confirm, { body: { auth_session, authn_response } });
  expect([refused.status, refused.body.errorCode]).toEqual([403, errorCode]);
});

test("takes no enrolment of another user, nor a session of another kind, nor an answer of another", async () => {
  const server = await withUser();
  await createUser(server, "bob");
  const { auth_session, otp_code } = await start(server, { ...email(), delivery: "return" });
  const body = { auth_session, otp_code };
  expect((await server.call(pathsOf("auth0|bob").confirm, { body })).body.errorCode).toBe(
    "challenge_expired",
  );
  const authn_response = new Authenticator().create({ challenge: "x", rp: { id: "e" }, user: { id: "AA" } });
  expect((await server.call(confirm, { body: { auth_session, authn_response } })).status).toBe(400);
  expect((await server.call(confirm, { body: { ...body, auth_session: "of-nobody" } })).body.errorCode).toBe(
    "challenge_expired",
  );
  expectStatus(await server.call(confirm, { body }), 201);
});

test("refuses more methods of a type than a user may have before a code goes out", async () => {
  const server = await withUser({ METHOD_LIMITS: "phone=1,totp=1" });
  await createMethod(server, methodsOf("auth0|ada"), phone());
  const refused = await server.call(enrolments, { body: { ...phone(1), delivery: "return" } });
  expect(refused.body.errorCode).toBe("too_many_entities");
  const [one, other] = [await start(server, app), await start(server, app)];
  const code = (started: typeof one) => ({
    auth_session: started.auth_session,
    otp_code: codeNow(started.manual_input_code),
  });
  expectStatus(await server.call(confirm, { body: code(one) }), 201);
  expect((await server.call(confirm, { body: code(other) })).body.errorCode).toBe("too_many_entities");
});

test("sends a user five codes to new numbers, then asks for patience", async () => {
  const server = await withUser();
  for (let number = 0; number < 5; number += 1) await start(server, { ...phone(number), delivery: "return" });
  const refused = await server.call(enrolments, { body: { ...email(), delivery: "return" } });
  expect([refused.status, refused.body.errorCode]).toEqual([429, "too_many_codes"]);
});

test("finds no user that is not there", async () => {
  const server = await sharedServer();
  for (const body of [app, { ...phone(), delivery: "return" }])
    expect((await server.call(pathsOf("auth0|nobody").enrolments, { body })).body.errorCode).toBe(
      "inexistent_user",
    );
});

test("confirms no enrolment of a user that has gone meanwhile", async () => {
  const server = await withUser();
  const { auth_session, otp_code } = await start(server, { ...phone(), delivery: "return" });
  await server.call("/users/auth0%7Cada", { method: "DELETE" });
  const answer = await server.call(confirm, { body: { auth_session, otp_code } });
  expect([answer.status, answer.body.errorCode]).toEqual([404, "inexistent_user"]);
});
