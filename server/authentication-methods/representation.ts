import type {
  AuthenticationMethod,
  CreatedAuthenticationMethod,
  PreferredAuthenticationMethod,
} from "../../generated/openapi.d.ts";
import type { UsedMethod } from "../store/store.ts";
import { maskEmail, maskPhoneNumber } from "./masking.ts";

/** How much of a method an answer tells. */
export interface View {
  /** Whether phone numbers and e-mail addresses are hidden in part. */
  readonly masked: boolean;
  /** Whether `confirmed` and `last_auth_at` are told, as list and get do. */
  readonly confirmed: boolean;
}

/** The method as it goes on the wire, never with its secret. */
export function represent(record: UsedMethod, view: View): AuthenticationMethod {
  const { attributes } = record;
  // The attributes were held against the contract when they came in, and only the contract's rules change them.
  const method = {
    id: record.id,
    type: record.type,
    ...(view.confirmed && { confirmed: true }),
    ...attributes,
    created_at: new Date(record.createdAt / 1000).toISOString(),
    ...(view.confirmed &&
      record.lastAuthAt !== undefined && { last_auth_at: new Date(record.lastAuthAt / 1000).toISOString() }),
  } as unknown as AuthenticationMethod;
  if (method.type === "phone") {
    if (view.masked) method.phone_number = maskPhoneNumber(method.phone_number);
    method.authentication_methods = [nested(record.id, method.preferred_authentication_method ?? "sms")];
  } else if (method.type === "email" && view.masked) {
    method.email = maskEmail(method.email);
  }
  return method;
}

/** The answer to a create, the only one that tells a `totp_secret`. */
export function representCreated(
  record: UsedMethod,
  totpSecret: string | undefined,
  masked: boolean,
): CreatedAuthenticationMethod {
  const method = represent(record, { masked, confirmed: false });
  return method.type === "totp" && totpSecret !== undefined
    ? { ...method, totp_secret: totpSecret }
    : (method as CreatedAuthenticationMethod);
}

function nested(phoneId: string, type: PreferredAuthenticationMethod) {
  return { id: `${type}${phoneId.slice("phone".length)}`, type };
}
