import { expect, test } from "vitest";
import { startServer } from "../../support/server.ts";
import { createUser, methodsOf } from "../../support/users.ts";

const secret = "JBSWY3DPEHPK3PXP1";

async function lastLine(server: Awaited<ReturnType<typeof startServer>>) {
  const lines = server.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  return lines.at(-1);
}

test("a refused request's line says why and whose token it came with, and repeats no value", async () => {
  const server = await startServer();
  const methods = await createUser(server);
  const subject = "client@clients";
  const send = async (path: string, call: object = {}) => {
    await server.call(path, { subject, ...call });
    return lastLine(server);
  };
  expect(await send(methods, { body: { type: "totp", totp_secret: secret } })).toMatchObject({
    statusCode: 400,
    errorCode: "invalid_body",
    reason: expect.stringContaining("totp_secret"),
    subject,
  });
  expect(await send(methodsOf("auth0|nobody"))).toMatchObject({
    statusCode: 404,
    errorCode: "inexistent_user",
    subject,
  });
  expect(await send(methods, { scopes: ["read:users"] })).toMatchObject({
    statusCode: 403,
    errorCode: "insufficient_scope",
    reason: "Insufficient scope, expected any of: read:authentication_methods",
    subject,
  });
  expect(await send(methodsOf("very-personal"))).toMatchObject({ statusCode: 400, errorCode: "invalid_uri" });
  await fetch(`${server.origin}/api/v2${methods}`);
  expect(await lastLine(server)).toMatchObject({ statusCode: 401, reason: "Missing authentication" });
  expect(server.log.join("")).not.toMatch(/very-personal|JBSWY3DPEHPK3PXP/);
});

test("a request that was served says nothing of its token, and a health check nothing at all", async () => {
  const server = await startServer();
  await createUser(server);
  await fetch(`${server.origin}/health/live`);
  const line = await lastLine(server);
  expect(line).toMatchObject({ statusCode: 201, route: "/api/v2/users" });
  expect(line).not.toHaveProperty("subject");
});
