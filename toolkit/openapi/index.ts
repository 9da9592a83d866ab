export { ContractSetupError } from "./errors.ts";
export { isObject, type JsonObject, type OpenApiDocument } from "./reference.ts";
