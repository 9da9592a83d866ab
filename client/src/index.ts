export type { ClientCredentials, RetryOptions, TokenFunction } from "contract-first/client";
export { NetworkError, TimeoutError, TokenError, UnexpectedResponseError } from "contract-first/client";
export type { Client, Middleware } from "openapi-fetch";
export { ApiError } from "./api-error.ts";
export { type AuthenticationMethodsClient, type ClientOptions, createClient, type Token } from "./client.ts";
export { type ListAllOptions, listAll } from "./list-all.ts";
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
export { unwrap } from "./unwrap.ts";
