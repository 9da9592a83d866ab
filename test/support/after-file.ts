const cleanups: (() => Promise<unknown>)[] = [];

/**
 * Has something done after the last test of the file that asks for it. Unlike vitest's `afterAll` it may be called by a
 * test, and by modules that are loaded once for several files.
 */
export function afterFile(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

/** Does all that was asked for, the last first, although one of them fails. */
export async function cleanUpAfterFile(): Promise<void> {
  const errors: unknown[] = [];
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop())
    await cleanup().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
