/**
 * Milliseconds that an answer asks to wait: `Retry-After` (RFC 9110, section 10.2.3), else the reset of a bucket.
 *
 * @param atLeast Milliseconds that a wait for a reset takes at least.
 * @returns undefined where the answer asks for nothing.
 */
export function requestedWait(response: Response, atLeast: number): number | undefined {
  const retryAfter = response.headers.get("retry-after");
  if (retryAfter) {
    const wait = Number.isNaN(Number(retryAfter))
      ? Date.parse(retryAfter) - Date.now()
      : Number(retryAfter) * 1000;
    if (!Number.isNaN(wait)) return Math.max(0, wait);
  }
  const reset = response.headers.get("x-ratelimit-reset");
  // The reset is by the server's clock: where ours is ahead of it, the wait must not shrink to nothing.
  if (response.status === 429 && Number(reset)) return Math.max(atLeast, Number(reset) * 1000 - Date.now());
  return undefined;
}
