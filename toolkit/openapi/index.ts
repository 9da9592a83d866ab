export { basePath, basePaths } from "./base-path.ts";
export { type Accepts, type Coercion, Coercions } from "./coercion.ts";
export { parseCookies } from "./cookies.ts";
export { type CredentialCarrier, readCredential } from "./credential.ts";
export type { Direction } from "./direction.ts";
export { ContractDocument, type OpenApiDocument, type ReadOptions } from "./document.ts";
export { ContractSetupError, DocumentError, type Problem } from "./errors.ts";
export { isObject, type JsonObject } from "./json.ts";
export { loadDocument, readDocument } from "./load-document.ts";
export { MediaTypes } from "./media-type.ts";
export type * from "./operation.ts";
export { parseQuery, queryOf } from "./query-string.ts";
export {
  listCallback,
  listOperations,
  listWebhooks,
  type OperationEntry,
  readOperation,
} from "./read-operation.ts";
export { type ParameterReading, parameterReadings } from "./read-value.ts";
export { type Located, valueAt } from "./reference.ts";
export { type Match, type NoMatch, OperationRouter } from "./router.ts";
export { type Exchange, evaluate, fillExpressions } from "./runtime-expression.ts";
export { ContractSchema } from "./schema.ts";
export type { JsonSchema } from "./schema-dialect.ts";
export { listSentOperations, type SentOperation } from "./sent-operations.ts";
export { type Encoded, MalformedText } from "./style.ts";
export { surveyDocument } from "./survey.ts";
