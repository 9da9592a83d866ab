import {
  type ContractDocument,
  isObject,
  listOperations,
  listSentOperations,
  type Operation,
  readOperation,
} from "../openapi/index.ts";

/**
 * The document that types are made of: openapi-typescript knows neither callbacks, which become webhooks here, nor the
 * `itemSchema` of OpenAPI 3.2, which becomes the schema.
 *
 * @returns `undefined` where there is neither
 */
export function typedDocument(document: ContractDocument): object | undefined {
  const callbacks = listSentOperations(document).filter(
    ({ operation: { pointer } }) => !pointer.startsWith("#/webhooks/"),
  );
  const root = structuredClone(document.root);
  if (callbacks.length > 0) {
    const webhooks = Object.fromEntries(
      callbacks.map(({ holder, entry }) => [holder, structuredClone(entry.item.value)]),
    );
    root.webhooks = { ...(root.webhooks as object | undefined), ...webhooks };
  }
  let hasItems = false;
  const pending: unknown[] = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isObject(next) && isObject(next.itemSchema) && next.schema === undefined) {
      next.schema = next.itemSchema;
      hasItems = true;
    }
    if (typeof next === "object" && next !== null) pending.push(...Object.values(next).filter(Boolean));
  }
  return hasItems || callbacks.length > 0 ? root : undefined;
}

/**
 * openapi-typescript's `operations` holds what is served and what is sent, and no operation without an operationId: these
 * tell what a server of the contract handles, and what it sends.
 */
export function operationTypes(document: ContractDocument): string {
  const served = listOperations(document).map((entry) => readOperation(document, entry));
  return [
    "/** What a server of this contract handles: by operationId, or by method and path where there is none. */",
    ...interfaceOf(
      "ServedOperations",
      served.map((operation) => [operation.id, typeOf(operation, "paths", operation.path)]),
    ),
    "/** What it sends: webhooks and callbacks. */",
    ...interfaceOf(
      "SentOperations",
      listSentOperations(document).map(({ id, holder, operation }) => [
        id,
        typeOf(operation, "webhooks", holder),
      ]),
    ),
    "",
  ].join("\n");
}

function interfaceOf(name: string, types: readonly (readonly [id: string, type: string])[]): string[] {
  const members = new Map(types);
  if (members.size === 0) return [`export type ${name} = Record<never, never>;`];
  return [
    `export interface ${name} {`,
    ...[...members].map(([id, each]) => `    ${JSON.stringify(id)}: ${each};`),
    "}",
  ];
}

function typeOf({ operationId, method }: Operation, place: "paths" | "webhooks", holder: string): string {
  return operationId === undefined
    ? `${place}[${JSON.stringify(holder)}][${JSON.stringify(method)}]`
    : `operations[${JSON.stringify(operationId)}]`;
}
