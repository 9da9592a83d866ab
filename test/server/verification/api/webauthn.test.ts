import { expect, test } from "vitest";
import { passkey, securityKey } from "../../../support/methods.ts";
import { startServer } from "../../../support/server.ts";
import { type SharedServer, sharedServer } from "../../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../../support/users.ts";
import { Authenticator } from "../authenticator.ts";
import { challengeByWebauthn, enrolCredential, expectStatus, pathsOf, relyingParty } from "./ceremonies.ts";

const { challenges, verifications } = pathsOf();

type Challenge = Awaited<ReturnType<typeof challengeByWebauthn>>;

function answer(
  server: SharedServer,
  { auth_session }: Challenge,
  authn_response: object,
  path = verifications,
) {
  return server.call(path, { body: { type: "webauthn", auth_session, authn_response } });
}

async function challengeAnyone(server: SharedServer, more: object = {}): Promise<Challenge> {
  const body = { relying_party_identifier: relyingParty, ...more };
  return expectStatus(await server.call("/passkey/challenge", { body }), 201);
}

async function withPasskey() {
  const server = await sharedServer();
  await createUser(server);
  return { server, ...(await enrolCredential(server)) };
}

test("gives the options of a ceremony with all the user's credentials of the relying party", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const key = await createMethod(server, methods, securityKey());
  const own = await createMethod(server, methods, { ...passkey(), transports: ["internal"] });
  await createMethod(server, methods, { ...passkey(1), relying_party_identifier: "other.example.com" });
  const challenge = await challengeByWebauthn(server);
  expect(challenge.authn_params_public_key).toEqual({
    challenge: expect.stringMatching(/^[\w-]{43}$/),
    timeout: 300_000,
    rpId: relyingParty,
    userVerification: "preferred",
    allowCredentials: [
      { type: "public-key", id: key.key_id },
      { type: "public-key", id: own.key_id, transports: ["internal"] },
    ],
  });
  const one = await challengeByWebauthn(server, "auth0|ada", { authentication_method_id: key.id });
  expect(one.authn_params_public_key.allowCredentials).toEqual([{ type: "public-key", id: key.key_id }]);
  const body = { type: "webauthn", relying_party_identifier: "third.example.com" };
  expect((await server.call(challenges, { body })).body.errorCode).toBe("inexistent_authentication_method");
});

test("takes a passkey's answer once, and reports on it", async () => {
  const { server, method, authenticator } = await withPasskey();
  const challenge = await challengeByWebauthn(server);
  const given = authenticator.get(challenge.authn_params_public_key, { userVerified: false });
  const { status, body } = await answer(server, challenge, given);
  expect(status).toBe(200);
  expect(body).toEqual({
    user_id: "auth0|ada",
    authentication_method_id: method.id,
    type: "passkey",
    verified_at: expect.any(String),
    user_verified: false,
    credential_backed_up: true,
    signature_counter: "unsupported",
  });
  expect((await answer(server, challenge, given)).body.errorCode).toBe("challenge_expired");
  expect((await server.call(methodsOf("auth0|ada"))).body[0].last_auth_at).toBe(body.verified_at);
});

test("reports the counter and refuses none", async () => {
  const { server, authenticator } = await withPasskey();
  const results: string[] = [];
  for (const signCount of [0, 7, 8, 8, 3, 9, 0]) {
    const challenge = await challengeByWebauthn(server);
    const given = authenticator.get(challenge.authn_params_public_key, { signCount });
    results.push(expectStatus(await answer(server, challenge, given), 200).signature_counter);
  }
  expect(results).toEqual([
    "unsupported",
    "increased",
    "increased",
    "not_increased",
    "not_increased",
    "increased",
    "not_increased",
  ]);
});

test("takes a credential whose backup eligibility has changed, and says so", async () => {
  const { server, authenticator } = await withPasskey();
  const challenge = await challengeByWebauthn(server);
  const changed = { backupEligible: false, backedUp: false };
  const given = authenticator.get(challenge.authn_params_public_key, changed);
  const body = expectStatus(await answer(server, challenge, given), 200);
  expect(body).toMatchObject({ credential_backed_up: false, credential_device_type: "single_device" });
});

test.each([
  ["another origin", { origin: "https://evil.example.com" }, "origin_not_allowed"],
  ["the right origin on another port", { origin: `https://${relyingParty}:8443` }, "origin_not_allowed"],
  ["a frame of another origin", { crossOrigin: true }, "verification_failed"],
  ["backed up but not eligible for it", { backupEligible: false, backedUp: true }, "verification_failed"],
  ["another user's handle", { userHandle: "AAAA" }, "verification_failed"],
] as const)("refuses %s", async (_what, behaviour, errorCode) => {
  const { server, authenticator } = await withPasskey();
  const challenge = await challengeByWebauthn(server);
  const given = authenticator.get(challenge.authn_params_public_key, behaviour);
  const refused = await answer(server, challenge, given);
  expect([refused.status, refused.body.errorCode]).toEqual([403, errorCode]);
});

test("takes the origins that the challenge lists, an Android app's too", async () => {
  const { server, authenticator } = await withPasskey();
  const origins = [
    "https://app.example.com",
    "android:apk-key-hash:RFKVbmt0JUi9ZOOiABKHk9LGw1qbX3EQP3yUNHoYcSg",
  ];
  for (const origin of origins) {
    const challenge = await challengeByWebauthn(server, "auth0|ada", { origins });
    const given = authenticator.get(challenge.authn_params_public_key, { origin });
    expectStatus(await answer(server, challenge, given), 200);
  }
  const challenge = await challengeByWebauthn(server, "auth0|ada", { origins });
  const refused = await answer(server, challenge, authenticator.get(challenge.authn_params_public_key));
  expect(refused.body.errorCode).toBe("origin_not_allowed");
});

test("says that user verification is missing where it was required", async () => {
  const { server, authenticator } = await withPasskey();
  const challenge = await challengeByWebauthn(server, "auth0|ada", { user_verification: "required" });
  const given = authenticator.get(challenge.authn_params_public_key, { userVerified: false });
  expect((await answer(server, challenge, given)).body.errorCode).toBe("user_verification_missing");
});

test("refuses another credential, another user's, and one of another relying party, in one way", async () => {
  const { server, authenticator } = await withPasskey();
  await createUser(server, "bob");
  const bob = await enrolCredential(server, "auth0|bob");
  const challenge = await challengeByWebauthn(server);
  const options = challenge.authn_params_public_key;
  const wrong = authenticator.get({ ...options, challenge: Buffer.alloc(32).toString("base64url") });
  const refusals = [
    await answer(server, challenge, new Authenticator().get(options)),
    await answer(server, challenge, bob.authenticator.get(options)),
    await answer(
      server,
      challenge,
      authenticator.get({ ...options, rpId: "other.example.com" }, { origin: `https://${relyingParty}` }),
    ),
    await answer(server, challenge, wrong),
  ];
  for (const refusal of refusals) {
    expect({ status: refusal.status, body: refusal.body }).toEqual({
      status: 403,
      body: {
        statusCode: 403,
        error: "Forbidden",
        message: "The answer could not be verified.",
        errorCode: "verification_failed",
      },
    });
  }
  // None of them has cost the owner the challenge.
  expectStatus(await answer(server, challenge, authenticator.get(options)), 200);
});

test("refuses the answer of a credential whose stored key lies on no curve", async () => {
  const server = await startServer();
  const methods = await createUser(server);
  const authenticator = new Authenticator();
  const spoilt = Buffer.concat([authenticator.publicKey.subarray(0, -1), Buffer.from([0])]);
  await createMethod(server, methods, {
    type: "passkey",
    key_id: authenticator.id,
    public_key: spoilt.toString("base64"),
    relying_party_identifier: relyingParty,
  });
  const challenge = await challengeByWebauthn(server);
  const refused = await answer(server, challenge, authenticator.get(challenge.authn_params_public_key));
  expect(refused.body.errorCode).toBe("verification_failed");
  expect(server.log.join("")).toContain("unusable_key");
});

test("signs a user in without a name", async () => {
  const { server, method, authenticator } = await withPasskey();
  const challenge = await challengeAnyone(server);
  expect(challenge.authn_params_public_key).toEqual({
    challenge: expect.any(String),
    timeout: 300_000,
    rpId: relyingParty,
    userVerification: "required",
  });
  const given = authenticator.get(challenge.authn_params_public_key);
  const body = expectStatus(await answer(server, challenge, given, "/passkey/verify"), 200);
  expect(body).toMatchObject({
    user_id: "auth0|ada",
    authentication_method_id: method.id,
    user_verified: true,
  });
  const again = await answer(server, challenge, given, "/passkey/verify");
  expect(again.body.errorCode).toBe("challenge_expired");
});

test("needs the user handle and the verified user to sign in without a name, and no security key", async () => {
  const { server, authenticator } = await withPasskey();
  const key = await enrolCredential(server, "auth0|ada", "webauthn-roaming");
  const challenge = await challengeAnyone(server);
  const options = challenge.authn_params_public_key;
  for (const [given, errorCode] of [
    [authenticator.get(options, { userHandle: null }), "verification_failed"],
    [authenticator.get(options, { userHandle: "AAAA" }), "verification_failed"],
    [authenticator.get(options, { userVerified: false }), "user_verification_missing"],
    [key.authenticator.get(options), "verification_failed"],
    [new Authenticator().get(options, { userHandle: "AAAA" }), "verification_failed"],
  ] as const)
    expect((await answer(server, challenge, given, "/passkey/verify")).body.errorCode).toBe(errorCode);
});

test("takes the session of one kind of challenge for no other", async () => {
  const { server, authenticator } = await withPasskey();
  const [anyone, ada] = [await challengeAnyone(server), await challengeByWebauthn(server)];
  const anyones = authenticator.get(anyone.authn_params_public_key);
  const adas = authenticator.get(ada.authn_params_public_key);
  expect((await answer(server, anyone, anyones)).body.errorCode).toBe("challenge_expired");
  expect((await answer(server, ada, adas, "/passkey/verify")).body.errorCode).toBe("challenge_expired");
});

test("never holds a passkey back, whatever was answered before", async () => {
  const { server, authenticator } = await withPasskey();
  const challenge = await challengeByWebauthn(server);
  for (let wrong = 0; wrong < 30; wrong += 1)
    await answer(server, challenge, new Authenticator().get(challenge.authn_params_public_key));
  expectStatus(await answer(server, challenge, authenticator.get(challenge.authn_params_public_key)), 200);
});
