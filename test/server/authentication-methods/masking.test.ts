import { describe, expect, test } from "vitest";
import { maskEmail, maskPhoneNumber } from "../../../server/authentication-methods/masking.ts";
import { phone } from "../../support/methods.ts";
import { maskedScopes, startServer } from "../../support/server.ts";
import { createMethod, createUser } from "../../support/users.ts";

describe("hides as the recorded service did", () => {
  test.each([
    ["chuck334@example.com", "chuc****@exam*******"],
    ["foo@example.com", "****@exam*******"],
    ["ab@cd.ef", "****@cd.e*"],
    ["averyveryverylong@b.io", "averyvery********@****"],
    ["a@b.co", "****@****"],
    ["ab@c.d", "****@***"],
  ])("%s as %s", (email, masked) => expect(maskEmail(email)).toBe(masked));

  test.each([
    ["+44207183875044", "XXXXXXXXXXX5044"],
    ["+123", "XXXX"],
    ["+12", "XXX"],
    ["+1234", "XXXXX"],
    ["+1 (2) 3.4", "XXXXXXXXXX"],
    ["+12345", "XX2345"],
  ])("%s as %s", (number, masked) => expect(maskPhoneNumber(number)).toBe(masked));
});

test("shows numbers in full, everywhere, to a token that may see them", async () => {
  const server = await startServer();
  const methods = await createUser(server);
  const scopes = [...maskedScopes, "read:authentication_methods_unmasked"];
  const full = phone().phone_number;
  const masked = `${"X".repeat(full.length - 4)}${full.slice(-4)}`;
  const created = await server.call(methods, { body: phone(), scopes });
  const path = `${methods}/${encodeURIComponent(created.body.id)}`;
  const rename = { method: "PATCH", body: { name: "New" } };
  expect(created.body.phone_number).toBe(full);
  expect((await server.call(methods, { scopes })).body[0].phone_number).toBe(full);
  expect((await server.call(path, { scopes })).body.phone_number).toBe(full);
  expect((await server.call(path, { ...rename, scopes })).body.phone_number).toBe(full);

  expect((await server.call(methods)).body[0].phone_number).toBe(masked);
  expect((await server.call(path)).body.phone_number).toBe(masked);
  expect((await server.call(path, rename)).body.phone_number).toBe(masked);
  expect((await createMethod(server, methods, phone(1))).phone_number).toMatch(/^X+\d{4}$/);
});
