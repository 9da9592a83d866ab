/**
 * A clock that never gives the same moment twice, so that records can be put in the order of their creation:
 * microseconds since the UNIX epoch, ahead of `milliseconds` only where that stands still, is set back, or
 * is asked more than a thousand times within one.
 */
export function strictlyIncreasingClock(milliseconds: () => number = Date.now): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, milliseconds() * 1000);
    return last;
  };
}
