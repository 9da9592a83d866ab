import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { email, passkey, phone, securityKey, totp } from "../../support/methods.ts";
import { startServerIn, type TestServer } from "../../support/server.ts";
import { methodsOf } from "../../support/users.ts";

let server: TestServer;
let users = 0;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "formats-"));
  server = await startServerIn(folder, { UNKNOWN_USERS: "accept" });
  return async () => {
    await server.close();
    await rm(folder, { recursive: true });
  };
});

function create(body: unknown) {
  return server.call(methodsOf(`auth0|${users++}`), { body });
}

describe("accepts", () => {
  test.each([
    ["the phone number of the vendor's sample", { ...phone(), phone_number: "+00000000000" }],
    ["a phone number with separators", { ...phone(), phone_number: "+44 (0)20-7183.8750" }],
    ["a phone number of 15 digits", { ...phone(), phone_number: "+123456789012345" }],
    ["an address with a tag and a subdomain", { ...email(), email: "ada+mfa@mail.example.co.uk" }],
    ["a secret of 80 bits", { ...totp(), totp_secret: "ABCDEFGHIJKLMNOP" }],
    ["a secret of 39 characters", { ...totp(), totp_secret: "A".repeat(39) }],
    ["a padded secret", { ...totp(), totp_secret: "JBSWY3DPEHPK3PXPJA======" }],
    ["a secret of 64 characters", { ...totp(), totp_secret: "MFRGGZDF".repeat(8) }],
    ["a key id of one byte", { ...securityKey(), key_id: "AA" }],
    ["a key id of 1023 bytes", { ...securityKey(), key_id: Buffer.alloc(1023, 7).toString("base64url") }],
    ["a relying party on this machine", { ...securityKey(), relying_party_identifier: "localhost" }],
    ["a transport nobody knows", { ...passkey(1), transports: ["usb", "telepathy"] }],
    ["a user handle of 64 bytes", { ...passkey(2), user_handle: Buffer.alloc(64, 1).toString("base64url") }],
    ["a name with an emoji", { ...phone(), name: "Adas Handy 📱" }],
  ])("%s", async (_what, body) => {
    expect(await create(body)).toMatchObject({ status: 201 });
  });
});

describe("refuses", () => {
  test.each([
    ["no type", { phone_number: "+15550100" }, "type"],
    ["an unknown type", { type: "sms", phone_number: "+15550100" }, "type"],
    ["a field of another type", { ...phone(), email: "a@example.com" }, "email"],
    ["a field nobody knows", { ...email(), colour: "green" }, "colour"],
    ["a phone number without a plus", { ...phone(), phone_number: "15550100" }, "phone_number"],
    ["a phone number with letters", { ...phone(), phone_number: "+1555CALLME" }, "phone_number"],
    ["a phone number of 16 digits", { ...phone(), phone_number: "+1234567890123456" }, "phone_number"],
    ["a number for a phone number", { ...phone(), phone_number: 15550100 }, "phone_number"],
    ["null for a phone number", { ...phone(), phone_number: null }, "phone_number"],
    ["an address without a domain", { ...email(), email: "ada@" }, "email"],
    ["an address of 255 characters", { ...email(), email: `${"a".repeat(243)}@example.com` }, "email"],
    ["a secret of 75 bits", { ...totp(), totp_secret: "ABCDEFGHIJKLMNO" }, "totp_secret"],
    ["a secret in lower case", { ...totp(), totp_secret: "jbswy3dpehpk3pxp" }, "totp_secret"],
    ["a secret with digits base32 has not", { ...totp(), totp_secret: "JBSWY3DPEHPK3PX1" }, "totp_secret"],
    ["a secret of an impossible length", { ...totp(), totp_secret: "A".repeat(17) }, "totp_secret"],
    ["a key id in base64", { ...securityKey(), key_id: "ab+/" }, "key_id"],
    ["a key id of an impossible length", { ...securityKey(), key_id: "abcde" }, "key_id"],
    [
      "a key id of 1024 bytes",
      { ...securityKey(), key_id: Buffer.alloc(1024).toString("base64url") },
      "key_id",
    ],
    ["a public key in base64url", { ...securityKey(), public_key: "ab-_" }, "public_key"],
    [
      "a URL for a relying party",
      { ...securityKey(), relying_party_identifier: "https://example.com" },
      "relying_party_identifier",
    ],
    ["an AAGUID without dashes", { ...passkey(), aaguid: "fbfc3007154e4ecc8c0b6e020557d7bd" }, "aaguid"],
    ["an unknown device type", { ...passkey(), credential_device_type: "many" }, "credential_device_type"],
    ["a text for a boolean", { ...passkey(), credential_backed_up: "true" }, "credential_backed_up"],
    [
      "a user handle of 65 bytes",
      { ...passkey(), user_handle: Buffer.alloc(65).toString("base64url") },
      "user_handle",
    ],
    ["one transport that is no list", { ...passkey(), transports: "usb" }, "transports"],
    ["a name with a NUL", { ...phone(), name: "a\u0000b" }, "name"],
    ["a name of 256 characters", { ...phone(), name: "x".repeat(256) }, "name"],
    ["a missing phone number", { type: "phone" }, "phone_number"],
    ["a missing secret", { type: "totp" }, "totp_secret"],
    [
      "a missing key",
      { type: "passkey", key_id: "AAAA", relying_party_identifier: "example.com" },
      "public_key",
    ],
  ])("%s, and names the field but not its value", async (_what, request, field) => {
    const { status, body } = await create(request);
    expect(status).toBe(400);
    expect(body).toEqual({
      statusCode: 400,
      error: "Bad Request",
      message: expect.stringMatching(/^Payload validation error: '.+'/),
      errorCode: "invalid_body",
    });
    expect(body.message).toContain(field);
    for (const [name, value] of Object.entries(request))
      if (name !== "type" && typeof value === "string" && value.length > 3)
        expect(body.message).not.toContain(value);
  });

  test("a missing field in the words of the recorded service", async () => {
    expect((await create({ type: "email" })).body.message).toBe(
      "Payload validation error: 'Missing required property: email'.",
    );
  });

  test.each(["5f7c8ec7c33c6c004bbafe82", "auth0|", "|5f7c8ec7"])("a user id such as %s", async (id) => {
    const { status, body } = await server.call(methodsOf(id));
    expect(status).toBe(400);
    expect(body).toEqual({
      statusCode: 400,
      error: "Bad Request",
      message: `Path validation error: 'Object didn't pass validation for format user-id: ${id}' on property id (The id of the user).`,
      errorCode: "invalid_uri",
    });
  });
});
