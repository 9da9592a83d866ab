export { ContractSetupError } from "../openapi/errors.ts";
export { hasHalfOfAPair } from "../openapi/surrogate-pairs.ts";
export { combineHandlers } from "./combine-handlers.ts";
export { componentChecks } from "./component-schema.ts";
export { registerContractDocument } from "./contract-document.ts";
export { type DocsOptions, registerDocs } from "./docs.ts";
export { type Drain, registerDrain } from "./drain.ts";
export { type ErrorAnswers, registerErrorAnswers, type ToldError } from "./error-answers.ts";
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
export { exchangeOf } from "./exchange.ts";
export { GlueHandler, glueHandlers } from "./glue-handler.ts";
export { trackConnections } from "./graceful-close.ts";
export type * from "./handler.ts";
export { registerHealth } from "./health.ts";
export { type Metrics, registerMetrics } from "./metrics.ts";
export { ForbiddenError, UnauthorizedError } from "./refusals.ts";
export { type ContractOptions, registerContract } from "./register.ts";
export { RequestLog, requestId } from "./request-log.ts";
export type { Formats } from "./schemas.ts";
export type { SecurityHandler, SecurityHandlers } from "./security.ts";
export { serveUntilStopped } from "./serve-until-stopped.ts";
