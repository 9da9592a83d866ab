import { createSecretKey } from "node:crypto";
import type { Actor } from "../../../server/store/audit/event.ts";
import type {
  AuthenticationMethodType,
  IdempotentAnswer,
  MethodLimits,
  MethodRecord,
  StoreOptions,
  UserRecord,
} from "../../../server/store/store.ts";

export const limits: MethodLimits = {
  phone: 3,
  email: 3,
  totp: 3,
  "webauthn-roaming": 3,
  passkey: 20,
};

const auditKey = async () => createSecretKey(Buffer.alloc(32, 3));
export const rejectUnknownUsers: StoreOptions = { unknownUsers: "reject", limits, auditKey };
export const acceptUnknownUsers: StoreOptions = { unknownUsers: "accept", limits, auditKey };

/** Who does what a test does. */
export const actor: Actor = {
  subject: "tester",
  clientId: "tests",
  requestId: "request-1",
  address: "127.0.0.1",
};

/** 2026-01-01T00:00:00Z in microseconds. */
export const startOf2026 = 1_767_225_600_000_000;

let count = 0;

/** A number no other call of this process has had, so that records are told apart. */
function next(): number {
  count += 1;
  return count;
}

export function user(fields: Partial<UserRecord> = {}): UserRecord {
  const number = next();
  return {
    id: `auth0|${String(number).padStart(24, "0")}`,
    connection: "Username-Password-Authentication",
    email: `ada.${number}@example.com`,
    name: "Ada Lovelace",
    createdAt: startOf2026 + number,
    ...fields,
  };
}

function method(type: AuthenticationMethodType, userId: string, fields: Partial<MethodRecord>): MethodRecord {
  const number = next();
  return {
    userId,
    id: `${type}|dev_${String(number).padStart(16, "0")}`,
    type,
    createdAt: startOf2026 + number,
    attributes: {},
    encryptedSecret: null,
    uniqueValue: null,
    credentialId: null,
    ...fields,
  };
}

export function phone(
  userId: string,
  number = `+44207${next()}`,
  fields: Partial<MethodRecord> = {},
): MethodRecord {
  return method("phone", userId, {
    attributes: { name: "My phone", phone_number: number, preferred_authentication_method: "sms" },
    uniqueValue: number,
    ...fields,
  });
}

export function email(userId: string, address = `ada.${next()}@example.com`): MethodRecord {
  return method("email", userId, { attributes: { email: address }, uniqueValue: address });
}

export function totp(userId: string, fingerprint = `fingerprint-${next()}`): MethodRecord {
  return method("totp", userId, { encryptedSecret: "header..iv.text.tag", uniqueValue: fingerprint });
}

export function passkey(userId: string, credentialId = `passkey-${next()}`): MethodRecord {
  return method("passkey", userId, {
    attributes: { key_id: credentialId, transports: ["internal", "hybrid"], credential_backed_up: true },
    credentialId,
  });
}

export function securityKey(userId: string, credentialId = `security-key-${next()}`): MethodRecord {
  return method("webauthn-roaming", userId, { attributes: { key_id: credentialId }, credentialId });
}

export function answer(key: string, fields: Partial<IdempotentAnswer> = {}): IdempotentAnswer {
  return {
    scope: "client-1 createAuthenticationMethod auth0|1",
    key,
    userId: "auth0|1",
    methodId: "phone|dev_0123456789abcdef",
    payloadHash: "a-hash",
    encryptedAnswer: "header..iv.answer.tag",
    expiresAt: startOf2026 + 24 * 3600 * 1_000_000,
    ...fields,
  };
}
