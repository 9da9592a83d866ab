export type { ClientCredentials, RetryOptions, TokenFunction } from "contract-first/client";
export { NetworkError, TimeoutError, TokenError, UnexpectedResponseError } from "contract-first/client";
export type { Client, Middleware } from "openapi-fetch";
export { ApiError } from "./api-error.ts";
export type {
  AuthenticationMethod,
  AuthenticationMethodPage,
  CreatedAuthenticationMethod,
  CreatedTotpAuthenticationMethod,
  EmailAuthenticationMethod,
  PasskeyAuthenticationMethod,
  PhoneAuthenticationMethod,
  TotpAuthenticationMethod,
  User,
  WebauthnRoamingAuthenticationMethod,
} from "./authentication-method.ts";
export { type AuthenticationMethodsClient, type ClientOptions, createClient, type Token } from "./client.ts";
export type { ErrorCode } from "./error-code.ts";
export { type ListAllOptions, listAll } from "./list-all.ts";
// Every named schema of the contract; those that are named above and here go first.
export type * from "./openapi.d.ts";
export type { Error as ErrorEnvelope } from "./openapi.d.ts";
export { unwrap } from "./unwrap.ts";
