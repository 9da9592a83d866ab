import { expect, test } from "vitest";
import { totp } from "../../../support/methods.ts";
import { sharedServer } from "../../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../../support/users.ts";
import { codeNow, pathsOf, wrongCode } from "./ceremonies.ts";

const { verifications } = pathsOf();
const { totp_secret: secret } = totp();

async function enrolled() {
  const server = await sharedServer();
  const methods = await createUser(server);
  const method = await createMethod(server, methods, totp());
  const verify = (otp_code: string, more: object = {}) =>
    server.call(verifications, {
      body: { type: "totp", authentication_method_id: method.id, otp_code, ...more },
    });
  return { server, methods, method, verify };
}

test("takes the present code, tells when, and shows it as the last use in list and get", async () => {
  const { server, methods, method, verify } = await enrolled();
  expect((await server.call(methods)).body[0]).not.toHaveProperty("last_auth_at");
  const { status, headers, body } = await verify(codeNow(secret));
  expect(status).toBe(200);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(body).toEqual({
    user_id: "auth0|ada",
    authentication_method_id: method.id,
    type: "totp",
    verified_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const listed = (await server.call(methods)).body[0];
  expect(listed).toMatchObject({ id: method.id, last_auth_at: body.verified_at });
  expect((await server.call(`${methods}/${encodeURIComponent(method.id)}`)).body).toEqual(listed);
});

test("answers a used code as a wrong one", async () => {
  const { verify } = await enrolled();
  const code = codeNow(secret);
  expect((await verify(code)).status).toBe(200);
  const [used, wrong] = [await verify(code), await verify(wrongCode(secret))];
  expect(wrong.status).toBe(403);
  expect(wrong.body).toEqual({
    statusCode: 403,
    error: "Forbidden",
    message: "The answer could not be verified.",
    errorCode: "verification_failed",
  });
  expect({ status: used.status, body: used.body }).toEqual({ status: wrong.status, body: wrong.body });
});

test("takes no code of a step before the last one that was used", async () => {
  const { verify } = await enrolled();
  expect((await verify(codeNow(secret, 1))).status).toBe(200);
  expect((await verify(codeNow(secret))).status).toBe(403);
  expect((await verify(codeNow(secret, -1))).status).toBe(403);
});

test("takes the code of a clock that is half a minute ahead, and of none that is further off", async () => {
  const { verify } = await enrolled();
  expect((await verify(codeNow(secret, -3))).status).toBe(403);
  expect((await verify(codeNow(secret, 3))).status).toBe(403);
  expect((await verify(codeNow(secret, 1))).status).toBe(200);
});

test("holds everybody back after ten wrong codes, the right one too, and tells when to come back", async () => {
  const { verify } = await enrolled();
  for (let wrong = 0; wrong < 10; wrong += 1) expect((await verify(wrongCode(secret))).status).toBe(403);
  for (const code of [wrongCode(secret), codeNow(secret)]) {
    const { status, headers, body } = await verify(code);
    expect(status).toBe(429);
    expect(body.errorCode).toBe("too_many_attempts");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(300);
    expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(360);
  }
});

test("lets the owner in on a known device while strangers have used up the wrong codes", async () => {
  const { verify } = await enrolled();
  const device = "b8Yq1vUe2nTz0s5Kx7Lw";
  expect((await verify(codeNow(secret), { device })).status).toBe(200);
  for (let wrong = 0; wrong < 10; wrong += 1) await verify(wrongCode(secret));
  expect((await verify(codeNow(secret, 1))).status).toBe(429);
  expect((await verify(codeNow(secret, 1), { device: "another-device-of-nobody" })).status).toBe(429);
  expect((await verify(codeNow(secret, 1), { device })).status).toBe(200);
});

test("gives a device no more wrong codes than anybody", async () => {
  const { verify } = await enrolled();
  const device = "b8Yq1vUe2nTz0s5Kx7Lw";
  expect((await verify(codeNow(secret), { device })).status).toBe(200);
  for (let wrong = 0; wrong < 10; wrong += 1) await verify(wrongCode(secret), { device });
  expect((await verify(codeNow(secret, 1), { device })).status).toBe(429);
});

test("finds neither a user nor a method that is not there, nor another user's", async () => {
  const { server, method } = await enrolled();
  await createUser(server, "bob");
  const answer = (userId: string, id: string) =>
    server.call(pathsOf(userId).verifications, {
      body: { type: "totp", authentication_method_id: id, otp_code: codeNow(secret) },
    });
  expect((await answer("auth0|nobody", method.id)).body.errorCode).toBe("inexistent_user");
  const others = await answer("auth0|bob", method.id);
  expect(others.status).toBe(404);
  expect(others.body.errorCode).toBe("inexistent_authentication_method");
  expect((await answer("auth0|ada", "totp|dev_0000000000000000")).body).toEqual(others.body);
});

test("asks for the scope, and for a method of the type that is named", async () => {
  const { server, method } = await enrolled();
  const body = { type: "totp", authentication_method_id: method.id, otp_code: codeNow(secret) };
  const refused = await server.call(verifications, { body, scopes: ["read:authentication_methods"] });
  expect(refused.status).toBe(403);
  expect(refused.body.errorCode).toBe("insufficient_scope");
  const phone = await createMethod(server, methodsOf("auth0|ada"), {
    type: "phone",
    phone_number: "+4420718387",
  });
  const mistaken = await server.call(verifications, {
    body: { ...body, authentication_method_id: phone.id },
  });
  expect(mistaken.status).toBe(400);
  expect(mistaken.body.errorCode).toBe("invalid_body");
});

test("forgets the use of a method with the method", async () => {
  const { server, methods, method, verify } = await enrolled();
  expect((await verify(codeNow(secret))).status).toBe(200);
  const gone = await server.call(`${methods}/${encodeURIComponent(method.id)}`, { method: "DELETE" });
  expect(gone.status).toBe(204);
  const again = await createMethod(server, methods, totp());
  expect((await server.call(methods)).body[0]).not.toHaveProperty("last_auth_at");
  const body = { type: "totp", authentication_method_id: again.id, otp_code: codeNow(secret) };
  expect((await server.call(verifications, { body })).status).toBe(200);
});
