/** Beyond it a clock was wrong rather than asked often, in microseconds. */
const longestLead = 1_000_000;

/**
 * A clock that does not give the same moment twice, so that records can be put in the order of their creation:
 * microseconds since the UNIX epoch, ahead of `milliseconds` only where that stands still, is set back a little,
 * or is asked more than a thousand times within one.
 *
 * Where `milliseconds` is set back by more than a second, it was wrong before, and is followed: what was created
 * while it was ahead then stands behind what is created now.
 */
export function strictlyIncreasingClock(milliseconds: () => number = Date.now): () => number {
  let last = 0;
  return () => {
    const now = milliseconds() * 1000;
    last = last - now > longestLead ? now : Math.max(last + 1, now);
    return last;
  };
}
