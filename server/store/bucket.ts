/** In microseconds. */
const minute = 60_000_000;

/** A bucket that refills steadily, told by the moment at which it is full again: all that need be kept of it. */
export interface Bucket {
  readonly capacity: number;
  /** In how many microseconds one comes back. */
  readonly interval: number;
}

/** Wrong answers (Auth0's numbers). */
export const wrongAnswers: Bucket = { capacity: 10, interval: 6 * minute };
/** In how many microseconds a wrong answer comes back after `manyFailures` in a row. */
export const slowInterval = 60 * minute;
/** NIST SP 800-63B, section 5.2.2. */
export const manyFailures = 100;

/** Codes that are sent for a method. */
export const sentCodes: Bucket = { capacity: 5, interval: 10 * minute };
/** Codes that are sent to numbers and addresses a user wants to enrol. */
export const enrolmentCodes: Bucket = { capacity: 5, interval: 12 * minute };

/**
 * When there is one to take; `now` or before where there is.
 *
 * @param fullAt when the bucket is full again
 */
export function availableAt({ capacity, interval }: Bucket, fullAt: number): number {
  return fullAt - (capacity - 1) * interval;
}

/**
 * When a bucket is full again once one is taken.
 *
 * @param interval in how many microseconds the one that is taken comes back
 */
export function take(interval: number, fullAt: number, now: number): number {
  return Math.max(fullAt, now) + interval;
}
