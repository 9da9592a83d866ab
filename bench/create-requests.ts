import { createHash, randomBytes } from "node:crypto";

export const authenticationMethodTypes = ["phone", "email", "totp", "webauthn-roaming", "passkey"] as const;

export type AuthenticationMethodType = (typeof authenticationMethodTypes)[number];

const publicKey =
  "pQECAyYgASFYIKI9Y3DgT5gJP6LbzUX8wLlJTFVXb6igx/Qq4M8pJkJqIlggNnCNWIiUG7W1wRF7JJEz7b/NwR2dp14ciq8b1NTfQQE=";

/** The body that creates a method of a type, another for each `serial`. */
export const createRequest: Readonly<Record<AuthenticationMethodType, (serial: number) => object>> = {
  phone: (serial) => ({
    type: "phone",
    name: "Phone",
    phone_number: `+44${String(serial).padStart(10, "0")}`,
  }),
  email: (serial) => ({ type: "email", name: "Mail", email: `user${serial}@example.com` }),
  totp: () => ({ type: "totp", name: "App", totp_secret: base32(20) }),
  "webauthn-roaming": (serial) => ({ type: "webauthn-roaming", name: "Key", ...credential(serial) }),
  passkey: (serial) => ({
    type: "passkey",
    name: "Passkey",
    ...credential(serial),
    transports: ["internal", "hybrid"],
  }),
};

function credential(serial: number): object {
  return {
    key_id: createHash("sha256").update(`${serial}`).digest("base64url"),
    public_key: publicKey,
    relying_party_identifier: "login.example.com",
  };
}

function base32(bytes: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(randomBytes((bytes * 8) / 5), (byte) => alphabet[byte & 31]).join("");
}
