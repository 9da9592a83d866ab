import { setTimeout as delay } from "node:timers/promises";

const interval = 20;

/**
 * Asks again and again until the answer is yes.
 *
 * @returns after how many milliseconds it was
 * @throws Error where it is still no at the deadline
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  deadlineMilliseconds: number,
): Promise<number> {
  const started = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - started;
    if (performance.now() - started > deadlineMilliseconds)
      throw new Error(`it is still not so after ${deadlineMilliseconds} ms`);
    await delay(interval);
  }
}
