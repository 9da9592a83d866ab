import type {
  CreateAuthenticationMethodRequest,
  ReplaceAuthenticationMethodRequest,
} from "../../generated/openapi.d.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { MethodRecord } from "../store/store.ts";
import { newAuthenticationMethodId } from "./id.ts";
import { normaliseBase64url, normaliseEmail, normalisePhoneNumber, unpadBase32 } from "./normalise.ts";

/** Makes the record to keep of a requested method: a new id, its secret encrypted, and what must be unique. */
export function toMethodRecord(
  userId: string,
  request: CreateAuthenticationMethodRequest | ReplaceAuthenticationMethodRequest,
  createdAt: number,
  secrets: Secrets,
): MethodRecord {
  const id = newAuthenticationMethodId(request.type);
  const record = { userId, id, createdAt, encryptedSecret: null, uniqueValue: null, credentialId: null };
  switch (request.type) {
    case "phone": {
      const { type, ...attributes } = request;
      return { ...record, type, attributes, uniqueValue: normalisePhoneNumber(request.phone_number) };
    }
    case "email": {
      const { type, ...attributes } = request;
      return { ...record, type, attributes, uniqueValue: normaliseEmail(request.email) };
    }
    case "totp": {
      const { type, totp_secret, ...attributes } = request;
      return {
        ...record,
        type,
        attributes,
        encryptedSecret: secrets.cipher.encrypt(totp_secret, { userId, methodId: id }),
        uniqueValue: secrets.fingerprint(userId, unpadBase32(totp_secret)),
      };
    }
    case "webauthn-roaming":
    case "passkey": {
      const { type, ...attributes } = request;
      return { ...record, type, attributes, credentialId: normaliseBase64url(request.key_id) };
    }
  }
}
