import type { components } from "./openapi.d.ts";

type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

// Interfaces, so that editors and compilers call them by name and do not spell out all that they have.
export interface PhoneAuthenticationMethod extends Schema<"PhoneAuthenticationMethod"> {}
export interface EmailAuthenticationMethod extends Schema<"EmailAuthenticationMethod"> {}
export interface TotpAuthenticationMethod extends Schema<"TotpAuthenticationMethod"> {}
export interface WebauthnRoamingAuthenticationMethod extends Schema<"WebauthnRoamingAuthenticationMethod"> {}
export interface PasskeyAuthenticationMethod extends Schema<"PasskeyAuthenticationMethod"> {}
export interface CreatedTotpAuthenticationMethod extends Schema<"CreatedTotpAuthenticationMethod"> {}
export interface User extends Schema<"User"> {}

/** One of a user's authentication methods; `type` tells which. */
export type AuthenticationMethod =
  | PhoneAuthenticationMethod
  | EmailAuthenticationMethod
  | TotpAuthenticationMethod
  | WebauthnRoamingAuthenticationMethod
  | PasskeyAuthenticationMethod;

/** The answer to a create, the only one with a `totp_secret`; `type` tells which. */
export type CreatedAuthenticationMethod =
  | PhoneAuthenticationMethod
  | EmailAuthenticationMethod
  | CreatedTotpAuthenticationMethod
  | WebauthnRoamingAuthenticationMethod
  | PasskeyAuthenticationMethod;

/** A page of authentication methods that also tells how many there are. */
export interface AuthenticationMethodPage extends Omit<Schema<"AuthenticationMethodPage">, "authenticators"> {
  /** The methods of this page. */
  authenticators: AuthenticationMethod[];
}
