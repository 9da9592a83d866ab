import type { Answer, Call } from "../../support/server.ts";

/** What well-behaved requests met with while others misbehaved. */
export interface HealthyRequests {
  readonly served: number;
  readonly slowestMilliseconds: number;
}

/** Sends a request after the other while `attack` goes on, and insists that each is served. */
export async function healthyDuring(
  caller: { call(path: string, call?: Call): Promise<Answer> },
  path: string,
  attack: Promise<unknown>,
): Promise<HealthyRequests> {
  let isOver = false;
  void Promise.allSettled([attack]).then(() => {
    isOver = true;
  });
  let served = 0;
  let slowestMilliseconds = 0;
  do {
    const started = performance.now();
    const { status } = await caller.call(path);
    if (status !== 200) throw new Error(`a healthy request was answered ${status}`);
    slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - started);
    served += 1;
  } while (!isOver);
  await attack;
  return { served, slowestMilliseconds };
}
