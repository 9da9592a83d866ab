import type { ContractDocument } from "../../openapi/document.ts";
import { isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { surveyDocument } from "../../openapi/survey.ts";

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);
/** Schemas looked at: a document of many megabytes must not hold up the start. */
const mostLookedAt = 10_000;

/** What can be mocked but looks like a slip of the pen, one sentence each, with its place. */
export function oddities(document: ContractDocument): string[] {
  return [
    ...unanswered(document.root),
    ...surveyDocument(document, mostLookedAt).map(({ message }) => message),
  ];
}

function unanswered(root: JsonObject): string[] {
  return Object.entries(objectAt(root, "paths")).flatMap(([path, item]) =>
    Object.entries(isObject(item) ? item : {})
      .filter(([method]) => methods.has(method))
      .filter(([, operation]) => isObject(operation) && operation.$ref === undefined)
      .filter(([, operation]) => Object.keys(objectAt(operation as JsonObject, "responses")).length === 0)
      .map(
        ([method]) =>
          `${method.toUpperCase()} ${path} documents no response: it is answered 200 without a body.`,
      ),
  );
}
