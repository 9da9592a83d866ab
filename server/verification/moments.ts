/* Moments are microseconds since the UNIX epoch. */

/** As it goes on the wire. */
export function timestamp(moment: number): string {
  return new Date(moment / 1000).toISOString();
}

/** For `Retry-After`. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / 1_000_000));
}
