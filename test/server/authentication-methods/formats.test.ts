import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCBOR } from "@levischuck/tiny-cbor";
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

const base64 = (key: Map<number, unknown>) =>
  Buffer.from(encodeCBOR(key as Parameters<typeof encodeCBOR>[0])).toString("base64");

function okp({ alg = -8, crv = 6, bytes = 32, byte = 7 } = {}): string {
  return base64(
    new Map<number, unknown>([
      [1, 1],
      [3, alg],
      [-1, crv],
      [-2, new Uint8Array(bytes).fill(byte)],
    ]),
  );
}

function ec2({ alg = -7, crv = 1, bytes = 32, byte = 7 } = {}): string {
  const coordinate = new Uint8Array(bytes).fill(byte);
  return base64(
    new Map<number, unknown>([
      [1, 2],
      [3, alg],
      [-1, crv],
      [-2, coordinate],
      [-3, coordinate],
    ]),
  );
}

function rsa({ alg = -257, bytes = 256 } = {}): string {
  const [modulus, exponent] = [new Uint8Array(bytes).fill(0xff), new Uint8Array([1, 0, 1])];
  return base64(
    new Map<number, unknown>([
      [1, 3],
      [3, alg],
      [-1, modulus],
      [-2, exponent],
    ]),
  );
}

const spki = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
  format: "der",
  type: "spki",
});

const badKeys: readonly (readonly [string, string])[] = [
  ["three bytes", "AAAA"],
  ["a list", "gAAA"],
  ["an empty map", "oA=="],
  ["in DER (SubjectPublicKeyInfo)", spki.toString("base64")],
  ["followed by a byte", Buffer.concat([Buffer.from(ec2(), "base64"), Buffer.of(0)]).toString("base64")],
  ["cut off", Buffer.from(ec2(), "base64").subarray(0, -1).toString("base64")],
  [
    "symmetric",
    base64(
      new Map<number, unknown>([
        [1, 4],
        [3, 5],
        [-1, new Uint8Array(32).fill(1)],
      ]),
    ),
  ],
  [
    "without an algorithm",
    base64(
      new Map<number, unknown>([
        [1, 1],
        [-1, 6],
        [-2, new Uint8Array(32).fill(1)],
      ]),
    ),
  ],
  ["of an algorithm of another type", ec2({ alg: -8 })],
  ["of an algorithm of another curve", ec2({ alg: -35 })],
  ["of a curve of another type", okp({ crv: 1 })],
  ["of a curve nobody knows", ec2({ crv: 9 })],
  ["too short for its curve", ec2({ bytes: 31 })],
  ["too long for its curve", okp({ bytes: 33 })],
  ["all zeros", okp({ byte: 0 })],
  ["a point of zeros", ec2({ byte: 0 })],
  ["RSA of 1024 bits", rsa({ bytes: 128 })],
  ["RSA of an algorithm of curves", rsa({ alg: -7 })],
  ["nested deeply", Buffer.alloc(4_000, 0x81).toString("base64")],
];

describe("accepts", () => {
  test.each([
    ["the phone number of the vendor's sample", { ...phone(), phone_number: "+00000000000" }],
    ["a phone number with separators", { ...phone(), phone_number: "+44 (0)20-7183.8750" }],
    ["a phone number of 15 digits", { ...phone(), phone_number: "+123456789012345" }],
    ["an address with a tag and a subdomain", { ...email(), email: "ada+mfa@mail.example.co.uk" }],
    ["a secret of 80 bits", { ...totp(), totp_secret: "ABCDEFGHIJKLMNOP" }],
    ["a secret of 39 characters", { ...totp(), totp_secret: "AB".repeat(20).slice(1) }],
    ["a secret of zeros but for its last bit", { ...totp(), totp_secret: `${"A".repeat(15)}B` }],
    ["an Ed25519 key", { ...securityKey(11), public_key: okp() }],
    ["a P-256 key", { ...securityKey(12), public_key: ec2() }],
    ["a P-384 key", { ...securityKey(13), public_key: ec2({ alg: -35, crv: 2, bytes: 48 }) }],
    ["an RSA key of 2048 bits", { ...securityKey(14), public_key: rsa() }],
    ["a relying party on an intranet", { ...securityKey(15), relying_party_identifier: "login.corp" }],
    ["a relying party under a public suffix", { ...passkey(16), relying_party_identifier: "ada.github.io" }],
    [
      "a relying party with an international name",
      { ...passkey(17), relying_party_identifier: "xn--bcher-kva.example" },
    ],
    [
      "an address whose parts are as long as they may be",
      { ...email(), email: `${"a".repeat(64)}@${"b".repeat(63)}.example` },
    ],
    ["a name from right to left", { ...phone(), name: "הטלפון של עדה" }],
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
    ...[16, 18, 20, 21, 23, 24, 32].map((length): [string, object, string] => [
      `a secret of ${length} zeros`,
      { ...totp(), totp_secret: "A".repeat(length) },
      "totp_secret",
    ]),
    [
      "a secret of zeros but for bits that do not count",
      { ...totp(), totp_secret: `${"A".repeat(17)}D` },
      "totp_secret",
    ],
    ["a secret of padded zeros", { ...totp(), totp_secret: `${"A".repeat(18)}======` }, "totp_secret"],
    ...badKeys.map(([what, public_key]): [string, object, string] => [
      `a public key that is ${what}`,
      { ...securityKey(), public_key },
      "public_key",
    ]),
    ...[
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f.1",
      "::1",
      "[::1]",
      "com",
      "co.uk",
      "github.io",
      "LOGIN.example.com",
      "example.com.",
      ".example.com",
      "login..example.com",
      "-login.example.com",
      "login_1.example.com",
      "bücher.example",
      "example.com:443",
      `${"a".repeat(64)}.example.com`,
      "",
    ].map((relying_party_identifier): [string, object, string] => [
      `${JSON.stringify(relying_party_identifier)} for a relying party`,
      { ...securityKey(), relying_party_identifier },
      "relying_party_identifier",
    ]),
    [
      "an address with 65 characters before the @",
      { ...email(), email: `${"a".repeat(65)}@example.com` },
      "email",
    ],
    [
      "an address with a label of 64 characters",
      { ...email(), email: `a@${"b".repeat(64)}.example` },
      "email",
    ],
    ...["\u0080", "\u0085", "\u009b", "\u202e", "\u202a", "\u2066", "\u2069", "\u2028"].map(
      (character): [string, object, string] => [
        `a name with U+${character.codePointAt(0)?.toString(16)}`,
        { ...phone(), name: `a${character}b` },
        "name",
      ],
    ),
    ["a user agent with a bidirectional override", { ...passkey(), user_agent: "a\u202eb" }, "user_agent"],
    ["a transport with a control character", { ...passkey(), transports: ["usb", "a\u0090"] }, "transports"],
    ["an identity with an isolate", { ...passkey(), identity_user_id: "a\u2067b" }, "identity_user_id"],
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
