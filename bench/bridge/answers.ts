import { readFileSync } from "node:fs";

/** The contract, and what its handlers answer here: its own examples, which never change. */
export const contract = JSON.parse(
  readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8"),
);

const { CreatedPhone, AuthenticationMethodList } = contract.components.examples;
export const created: unknown = CreatedPhone.value;
export const listed: unknown = AuthenticationMethodList.value;

/** Every operation of the contract. */
export const operationIds: readonly string[] = Object.values<object>(contract.paths)
  .flatMap((item) =>
    Object.values<{ operationId?: string }>(item as Record<string, { operationId?: string }>),
  )
  .flatMap(({ operationId }) => operationId ?? []);
