import { expect, test } from "vitest";
import { email, phone, totp } from "../../../support/methods.ts";
import { sharedServer } from "../../../support/shared-server.ts";
import { createMethod, createUser } from "../../../support/users.ts";
import { challengeByCode, expectStatus, otherThan, pathsOf } from "./ceremonies.ts";

const { challenges, verifications } = pathsOf();

async function enrolled(request: { readonly type: "phone" | "email" }) {
  const server = await sharedServer();
  const methods = await createUser(server);
  const method = await createMethod(server, methods, request);
  const verify = (auth_session: string, otp_code: string, more: object = {}) =>
    server.call(verifications, { body: { type: request.type, auth_session, otp_code, ...more } });
  return { server, methods, method, verify };
}

test.each([phone(), email()])("takes the code of a $type once", async (request) => {
  const { server, methods, method, verify } = await enrolled(request);
  const { auth_session, otp_code, expires_at } = await challengeByCode(server, method);
  expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(4 * 60_000);
  expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(5 * 60_000);
  const verified = expectStatus(await verify(auth_session, otp_code), 200);
  expect(verified).toMatchObject({ authentication_method_id: method.id, type: request.type });
  expect((await server.call(methods)).body[0].last_auth_at).toBe(verified.verified_at);
  const again = await verify(auth_session, otp_code);
  expect(again.status).toBe(403);
  expect(again.body.errorCode).toBe("challenge_expired");
});

test("sends the same code again, until the same moment, and counts it", async () => {
  const { server, method, verify } = await enrolled(email());
  const first = await challengeByCode(server, method);
  const again = await challengeByCode(server, method, "auth0|ada", { auth_session: first.auth_session });
  expect(again).toEqual(first);
  for (let sent = 2; sent < 5; sent += 1) await challengeByCode(server, method);
  const body = { type: "email", authentication_method_id: method.id, delivery: "return" };
  const refused = await server.call(challenges, { body });
  expect(refused.status).toBe(429);
  expect(refused.body.errorCode).toBe("too_many_codes");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(500);
  expectStatus(await verify(first.auth_session, first.otp_code), 200);
});

test("lets several challenges live side by side", async () => {
  const { server, method, verify } = await enrolled(phone());
  const [first, second] = [await challengeByCode(server, method), await challengeByCode(server, method)];
  expectStatus(await verify(second.auth_session, second.otp_code), 200);
  expectStatus(await verify(first.auth_session, first.otp_code), 200);
});

test("ends a challenge with its fifth wrong code, for the right one too", async () => {
  const { server, method, verify } = await enrolled(phone());
  const { auth_session, otp_code } = await challengeByCode(server, method);
  for (let wrong = 0; wrong < 5; wrong += 1) {
    const refused = await verify(auth_session, otherThan(otp_code));
    expect(refused.body.errorCode).toBe("verification_failed");
  }
  expect((await verify(auth_session, otp_code)).body.errorCode).toBe("challenge_expired");
  const resend = { type: "phone", authentication_method_id: method.id, delivery: "return", auth_session };
  expect((await server.call(challenges, { body: resend })).body.errorCode).toBe("challenge_expired");
  const another = await challengeByCode(server, method);
  expectStatus(await verify(another.auth_session, another.otp_code), 200);
});

test("takes no session that was forged, changed, another user's or another type's", async () => {
  const { server, method, verify } = await enrolled(phone());
  await createUser(server, "bob");
  const { auth_session, otp_code } = await challengeByCode(server, method);
  const [payload = "", mac = ""] = auth_session.split(".");
  const session = JSON.parse(Buffer.from(payload, "base64url").toString());
  const longer = Buffer.from(JSON.stringify({ ...session, expiresAt: session.expiresAt + 1 })).toString(
    "base64url",
  );
  for (const forged of [
    payload,
    `${payload}.`,
    `${payload}.${mac}x`,
    `${longer}.${mac}`,
    `${auth_session}.x`,
    ".",
  ]) {
    const refused = await verify(forged, otp_code);
    expect({ forged, code: refused.body.errorCode }).toEqual({ forged, code: "challenge_expired" });
  }
  const ofBob = { type: "phone", auth_session, otp_code };
  const refused = await server.call(pathsOf("auth0|bob").verifications, { body: ofBob });
  expect(refused.body.errorCode).toBe("challenge_expired");
  const asEmail = await server.call(verifications, { body: { ...ofBob, type: "email" } });
  expect(asEmail.body.errorCode).toBe("challenge_expired");
  expectStatus(await verify(auth_session, otp_code), 200);
});

test("ends a challenge with its method", async () => {
  const { server, methods, method, verify } = await enrolled(email());
  const { auth_session, otp_code } = await challengeByCode(server, method);
  expectStatus(await server.call(`${methods}/${encodeURIComponent(method.id)}`, { method: "DELETE" }), 204);
  await createMethod(server, methods, email());
  expect((await verify(auth_session, otp_code)).body.errorCode).toBe("challenge_expired");
});

test("returns codes only to a token that may read them", async () => {
  const { server, method } = await enrolled(email());
  const body = { type: "email", authentication_method_id: method.id, delivery: "return" };
  const refused = await server.call(challenges, { body, scopes: ["verify:authentication_methods"] });
  expect(refused.status).toBe(403);
  expect(refused.body.message).toBe("Insufficient scope, expected any of: read:authentication_codes");
  expect(refused.headers.get("www-authenticate")).toContain("insufficient_scope");
});

test("finds no method of another user, and asks for the type of the method", async () => {
  const { server, methods, method } = await enrolled(email());
  await createUser(server, "bob");
  const body = { type: "email", authentication_method_id: method.id, delivery: "return" };
  expect((await server.call(pathsOf("auth0|bob").challenges, { body })).status).toBe(404);
  expect((await server.call(pathsOf("auth0|nobody").challenges, { body })).body.errorCode).toBe(
    "inexistent_user",
  );
  const other = await createMethod(server, methods, totp());
  for (const [type, id] of [
    ["phone", method.id],
    ["email", other.id],
  ]) {
    const refused = await server.call(challenges, { body: { ...body, type, authentication_method_id: id } });
    expect(refused.status).toBe(400);
  }
});
