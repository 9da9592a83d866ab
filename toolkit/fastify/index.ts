export { ContractSetupError } from "../openapi/errors.ts";
export { componentChecks } from "./component-schema.ts";
export {
  InvalidRequestError,
  MalformedBodyError,
  MethodNotAllowedError,
  RequestError,
  type RequestPart,
  ResponseViolationError,
  UnsupportedMediaTypeError,
  type Violation,
} from "./errors.ts";
export type * from "./handler.ts";
export { type ContractOptions, registerContract } from "./register.ts";
export type { Formats } from "./schemas.ts";
export type { SecurityHandler, SecurityHandlers } from "./security.ts";
export { hasHalfOfAPair } from "./surrogate-pairs.ts";
