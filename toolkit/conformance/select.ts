import { type ContractDocument, listOperations, type Operation, readOperation } from "../openapi/index.ts";
import { nameOf } from "./request/request-case.ts";
import type { ConformanceOptions } from "./run.ts";

/** What stands in the way of sending an operation's requests with `fetch` (Fetch Standard, §2.2.1 and §5.3). */
function unsendableReason({ method, requestBody }: Operation): string | undefined {
  if (method === "trace" || method === "connect") return "was not looked at: fetch sends no such method.";
  if ((method === "get" || method === "head") && requestBody?.required)
    return "was not looked at: fetch sends no body with it.";
  return undefined;
}

/** What a run looks at, and what it cannot. */
export interface Selection {
  readonly operations: readonly Operation[];
  readonly unsendable: readonly { readonly operation: string; readonly reason: string }[];
}

/** @throws Error where none is left */
export function selectOperations(
  document: ContractDocument,
  { only, exclude = [] }: ConformanceOptions,
): Selection {
  const operations = listOperations(document)
    .filter(({ path }) => path.startsWith("/"))
    .map((entry) => readOperation(document, entry));
  if (operations.length === 0)
    throw new Error("The document has no operations: there is nothing to ask for.");
  const is = (operation: Operation) => (pattern: string) => {
    const regex = new RegExp(
      `^${pattern
        .replaceAll(/[.+?^$()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll(/[{}]/g, "\\$&")}$`,
      "i",
    );
    return [operation.operationId ?? "", operation.path, nameOf(operation)].some((name) => regex.test(name));
  };
  const selected = operations.filter(
    (operation) =>
      (only === undefined || only.length === 0 || only.some(is(operation))) && !exclude.some(is(operation)),
  );
  if (selected.length === 0)
    throw new Error("No operation of the document is left: correct --only and --exclude.");
  return {
    operations: selected.filter((operation) => unsendableReason(operation) === undefined),
    unsendable: selected.flatMap((operation) => {
      const reason = unsendableReason(operation);
      return reason === undefined ? [] : [{ operation: nameOf(operation), reason }];
    }),
  };
}
