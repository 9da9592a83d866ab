import type { SecretBinding, SecretCipher } from "../secrets/cipher.ts";
import { DecryptionError } from "../secrets/errors.ts";
import { wrappedKeys } from "../secrets/wrapped-key.ts";
import type { IdempotentAnswer, MethodRecord } from "../store/store.ts";
import { pages, type Replacement, type Tables } from "../store/tables.ts";

export interface RotationOptions {
  readonly maintenance: Tables;
  readonly cipher: SecretCipher;
  /** Microseconds since the UNIX epoch. */
  readonly now: () => number;
  /** Is told how many records have been looked at, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the rotation between two transactions. */
  readonly signal?: AbortSignal;
}

export interface RotationSummary {
  /** Ciphertexts that are under the first key now and were not before. */
  reencrypted: number;
  /** Ciphertexts that were under the first key already. */
  current: number;
  /** Ciphertexts that none of the keys decrypts; they are left as they are. */
  undecryptable: number;
  /** Ciphertexts that were deleted, or renewed by somebody else, between the read and the write. */
  changed: number;
}

const pageSize = 1_000;

/**
 * Encrypts under the first key all that is encrypted under another: the secrets of methods, the keys that
 * are kept and the unexpired idempotent answers. Each is replaced only where it still is what was read, so
 * servers may go on writing. Stopped halfway it can be begun again: what is done is skipped.
 *
 * @throws StoreUnavailableError, and what the signal was aborted with
 */
export async function rotateKeys(options: RotationOptions): Promise<RotationSummary> {
  const { maintenance, cipher, now, onProgress, signal } = options;
  const { methods, answers, settings } = await maintenance.counts();
  const total = methods + answers + settings;
  const summary: RotationSummary = { reencrypted: 0, current: 0, undecryptable: 0, changed: 0 };
  let records = 0;

  async function rotate<Row>(
    rows: readonly Row[],
    ciphertextOf: (row: Row) => string | null,
    bindingOf: (row: Row) => SecretBinding,
    replace: (replacements: readonly Replacement<Row>[]) => Promise<number>,
  ): Promise<void> {
    const replacements: Replacement<Row>[] = [];
    for (const key of rows) {
      const from = ciphertextOf(key);
      if (from === null) continue;
      if (cipher.isCurrent(from)) {
        summary.current += 1;
        continue;
      }
      const to = reencrypt(cipher, from, bindingOf(key));
      if (to === undefined) summary.undecryptable += 1;
      else replacements.push({ key, from, to });
    }
    if (replacements.length > 0) {
      const replaced = await replace(replacements);
      summary.reencrypted += replaced;
      summary.changed += replacements.length - replaced;
    }
    records += rows.length;
    // Servers may add some meanwhile.
    onProgress?.(Math.min(records, total), total);
  }

  const wrapped: readonly string[] = Object.values(wrappedKeys);
  await rotate(
    (await maintenance.settings()).filter(({ name }) => wrapped.includes(name)),
    ({ value }) => value,
    ({ name }) => ({ setting: name }),
    (replacements) => maintenance.replaceSettings(replacements),
  );
  const methodsAfter = (key: MethodRecord | undefined) => maintenance.methodsAfter(key, pageSize);
  for await (const page of pages(methodsAfter, undefined, signal)) {
    await rotate(
      page,
      ({ encryptedSecret }) => encryptedSecret,
      ({ userId, id }) => ({ userId, methodId: id }),
      (replacements) => maintenance.replaceSecrets(replacements),
    );
  }
  const start = now();
  const answersAfter = (key: IdempotentAnswer | undefined) => maintenance.answersAfter(key, pageSize, start);
  for await (const page of pages(answersAfter, undefined, signal)) {
    await rotate(
      page,
      ({ encryptedAnswer }) => encryptedAnswer,
      ({ scope, key }) => ({ scope, key }),
      (replacements) => maintenance.replaceAnswers(replacements),
    );
  }
  return summary;
}

function reencrypt(cipher: SecretCipher, ciphertext: string, binding: SecretBinding): string | undefined {
  try {
    return cipher.encrypt(cipher.decrypt(ciphertext, binding), binding);
  } catch (error) {
    if (error instanceof DecryptionError) return undefined;
    throw error;
  }
}
