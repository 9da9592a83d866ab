export type { Client, Middleware } from "openapi-fetch";
export { ApiError } from "./api-error.ts";
export { type AuthenticationMethodsClient, type ClientOptions, createClient } from "./client.ts";
export type { ClientCredentials } from "./client-credentials.ts";
export { type ListAllOptions, listAll } from "./list-all.ts";
export { NetworkError } from "./network-error.ts";
export type {
  AuthenticationMethod,
  AuthenticationMethodPage,
  CreateAuthenticationMethodRequest,
  CreatedAuthenticationMethod,
  CreateUserRequest,
  components,
  Error as ErrorEnvelope,
  operations,
  paths,
  ReplaceAuthenticationMethodRequest,
  UpdateAuthenticationMethodRequest,
  User,
} from "./openapi.d.ts";
export type { RetryOptions } from "./retry.ts";
export { TimeoutError } from "./timeout-error.ts";
export type { Token, TokenFunction } from "./token.ts";
export { TokenError } from "./token-error.ts";
export { UnexpectedResponseError } from "./unexpected-response-error.ts";
export { unwrap } from "./unwrap.ts";
