import { keyIdOf } from "../secrets/cipher.ts";
import { wrappedKeys } from "../secrets/wrapped-key.ts";
import type { IdempotentAnswer, MethodRecord } from "../store/store.ts";
import { pages, type Tables } from "../store/tables.ts";

const pageSize = 1_000;

/**
 * How many ciphertexts are under each key, by its id; under "?" those that name none. Nothing is decrypted.
 *
 * @param now microseconds since the UNIX epoch: idempotent answers that have expired by then do not count
 * @throws StoreUnavailableError
 */
export async function countByKey(tables: Tables, now: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const add = (ciphertext: string | null) => {
    if (ciphertext === null) return;
    const id = keyIdOf(ciphertext) ?? "?";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  const wrapped: readonly string[] = Object.values(wrappedKeys);
  for (const { name, value } of await tables.settings()) if (wrapped.includes(name)) add(value);
  const methodsAfter = (key: MethodRecord | undefined) => tables.methodsAfter(key, pageSize);
  for await (const page of pages(methodsAfter)) for (const { encryptedSecret } of page) add(encryptedSecret);
  const answersAfter = (key: IdempotentAnswer | undefined) => tables.answersAfter(key, pageSize, now);
  for await (const page of pages(answersAfter)) for (const { encryptedAnswer } of page) add(encryptedAnswer);
  return counts;
}
