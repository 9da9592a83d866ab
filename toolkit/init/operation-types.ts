import {
  type ContractDocument,
  listCallback,
  listOperations,
  listWebhooks,
  type Operation,
  readOperation,
} from "../openapi/index.ts";

/**
 * openapi-typescript's `operations` holds webhooks and callbacks, too, and no operation without an operationId: these
 * tell what a server of the contract handles, and what it sends.
 */
export function operationTypes(document: ContractDocument): string {
  const read = (entry: Parameters<typeof readOperation>[1]) => readOperation(document, entry);
  const served = listOperations(document).map(read);
  const webhooks = listWebhooks(document).map(read);
  const callbacks = served
    .flatMap((operation) => operation.callbacks)
    .flatMap((callback) => listCallback(document, callback).map(read));
  return [
    "/** What a server of this contract handles: by operationId, or by method and path where there is none. */",
    ...interfaceOf("ServedOperations", served, (operation) => typeOf(operation, "paths")),
    "/** What it sends: webhooks, and callbacks that have an operationId. */",
    ...interfaceOf(
      "SentOperations",
      [...webhooks, ...callbacks.filter(({ operationId }) => operationId !== undefined)],
      (operation) => typeOf(operation, "webhooks"),
    ),
    "",
  ].join("\n");
}

function interfaceOf(
  name: string,
  operations: readonly Operation[],
  type: (operation: Operation) => string,
): string[] {
  const members = new Map(operations.map((operation) => [operation.id, type(operation)]));
  if (members.size === 0) return [`export type ${name} = Record<never, never>;`];
  return [
    `export interface ${name} {`,
    ...[...members].map(([id, each]) => `    ${JSON.stringify(id)}: ${each};`),
    "}",
  ];
}

function typeOf({ operationId, method, path }: Operation, place: "paths" | "webhooks"): string {
  return operationId === undefined
    ? `${place}[${JSON.stringify(path)}][${JSON.stringify(method)}]`
    : `operations[${JSON.stringify(operationId)}]`;
}
