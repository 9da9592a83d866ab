import type { ContractDocument } from "./document.ts";
import type { Operation } from "./operation.ts";
import {
  listCallback,
  listOperations,
  listWebhooks,
  type OperationEntry,
  readOperation,
} from "./read-operation.ts";

/** An operation that a server sends: a webhook, or a callback. */
export interface SentOperation {
  /** Its operationId, else `POST newPet` for a webhook, and for a callback the operation's id and its name. */
  readonly id: string;
  /** Of a webhook its name; of a callback the operation's id and its name. */
  readonly holder: string;
  readonly entry: OperationEntry;
  /** Its path is the runtime expression of a callback's URL. */
  readonly operation: Operation;
}

/** The operations that a server of a document sends. */
export function listSentOperations(document: ContractDocument): SentOperation[] {
  const webhooks = listWebhooks(document).map((entry): SentOperation => {
    const operation = readOperation(document, entry);
    return { id: operation.id, holder: entry.path, entry, operation };
  });
  const callbacks = listOperations(document)
    .map((entry) => readOperation(document, entry))
    .flatMap(({ id, callbacks: own }) =>
      [...Map.groupBy(own, ({ name }) => name)].flatMap(([name, expressions]) => {
        const entries = expressions.flatMap((callback) => listCallback(document, callback));
        return entries.map((entry): SentOperation => {
          const operation = readOperation(document, entry);
          const holder = expressions.length === 1 ? `${id} ${name}` : `${id} ${name} ${entry.path}`;
          const isOnly = entries.filter(({ path }) => path === entry.path).length === 1;
          const made = isOnly ? holder : `${entry.method.toUpperCase()} ${holder}`;
          return { id: operation.operationId ?? made, holder, entry, operation };
        });
      }),
    );
  return [...webhooks, ...callbacks];
}
