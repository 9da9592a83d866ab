import { expect, test } from "vitest";
import { createApiMock } from "../../../server/api-mock.ts";
import type { Answer } from "../../support/server.ts";

test("the mock returns codes, and takes 123456 for every one", async () => {
  const mock = await createApiMock();
  try {
    const user = "/api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82";
    const call = async (path: string, body?: object) => {
      const response = await mock.fetch(user + path, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Bearer ${mock.token}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Answer["body"] };
    };
    const methods: { id: string; type: string }[] = (await call("/authentication-methods")).body;
    const idOf = (type: string) => methods.find((method) => method.type === type)?.id;
    const otp_code = "123456";

    const challenge = await call("/authentication-challenges", {
      type: "email",
      authentication_method_id: idOf("email"),
    });
    expect(challenge).toMatchObject({ status: 201, body: { otp_code: expect.stringMatching(/^\d{6}$/) } });
    const { auth_session } = challenge.body;
    expect(
      (await call("/authentication-verifications", { type: "email", auth_session, otp_code })).status,
    ).toBe(200);
    const app = { type: "totp", authentication_method_id: idOf("totp") };
    for (const code of [otp_code, otp_code])
      expect((await call("/authentication-verifications", { ...app, otp_code: code })).status).toBe(200);
    expect((await call("/authentication-verifications", { ...app, otp_code: "654321" })).status).toBe(403);

    const enrolment = await call("/authentication-enrolments", {
      type: "totp",
      issuer: "Example",
      account_name: "ada",
    });
    const confirmed = { auth_session: enrolment.body.auth_session, otp_code };
    expect((await call("/authentication-enrolments/confirm", confirmed)).status).toBe(201);
  } finally {
    await mock.close();
  }
});
