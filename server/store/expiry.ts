import type { Store } from "./store.ts";

const interval = 60_000;
const microsecondsPerDay = 24 * 60 * 60 * 1_000_000;

/**
 * Removes each minute what has expired from `store`: idempotent answers, challenges, and events of the audit trail that are
 * older than `auditRetentionDays`. Any number of servers may do so at once.
 *
 * @param onError is told why it could not be done; the next minute it is tried again
 * @returns what stops it, and resolves when nothing is under way any more
 */
export function removeExpiredRegularly(
  store: Pick<Store, "removeExpired">,
  auditRetentionDays: number,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    const now = Date.now() * 1_000;
    running ??= store
      .removeExpired(now, now - auditRetentionDays * microsecondsPerDay)
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }, interval).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
