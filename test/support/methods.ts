import { createHash } from "node:crypto";

/** Valid create requests; a number makes each of a type different. */

export function phone(number = 0): { type: "phone"; phone_number: string } {
  return { type: "phone", phone_number: `+4420718387${String(number).padStart(2, "0")}` };
}

export function email(number = 0): { type: "email"; email: string } {
  return { type: "email", email: `ada${number}@example.com` };
}

export function totp(number = 0): { type: "totp"; totp_secret: string } {
  return { type: "totp", totp_secret: `JBSWY3DPEHPK3PXPJBSWY3DP${base32(number)}` };
}

export function securityKey(number = 0) {
  return {
    type: "webauthn-roaming" as const,
    key_id: createHash("sha256").update(`security key ${number}`).digest("base64url"),
    public_key:
      "pQECAyYgASFYIKI9Y3DgT5gJP6LbzUX8wLlJTFVXb6igx/Qq4M8pJkJqIlggNnCNWIiUG7W1wRF7JJEz7b/NwR2dp14ciq8b1NTfQQE=",
    relying_party_identifier: "login.example.com",
  };
}

export function passkey(number = 0) {
  return {
    ...securityKey(number),
    type: "passkey" as const,
    key_id: createHash("sha256").update(`passkey ${number}`).digest("base64url"),
  };
}

function base32(number: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return `${"A".repeat(6)}${alphabet[number >> 5]}${alphabet[number & 31]}`;
}
