import type { Profiler } from "node:inspector";

export interface Frame {
  readonly name: string;
  /** Of its file, from the repository's root on; of Node's own with `node:`; empty for native and generated code. */
  readonly file: string;
  readonly line: number;
}

/** Where a thread was, and for how long. */
export interface Stack {
  /** The outermost first. */
  readonly frames: readonly Frame[];
  readonly microseconds: number;
}

const root = new URL("../../", import.meta.url).href;

/** The stacks of a CPU profile, one for each node that was ever on top; idle time is left out. */
export function readStacks({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly Stack[] {
  const frames = new Map<number, Frame>();
  const parents = new Map<number, number>();
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName: name, url, lineNumber } = callFrame;
    frames.set(id, { name, file: url.startsWith(root) ? url.slice(root.length) : url, line: lineNumber + 1 });
    for (const child of children) parents.set(child, id);
  }
  const spent = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    // A sample stands for the time until the next.
    const microseconds = Math.max(0, timeDeltas[index + 1] ?? 0);
    spent.set(id, (spent.get(id) ?? 0) + microseconds);
  }
  return [...spent]
    .map(([id, microseconds]) => ({ frames: stackOf(id, frames, parents), microseconds }))
    .filter(({ frames: stack }) => stack.at(-1)?.name !== "(idle)");
}

function stackOf(
  top: number,
  frames: ReadonlyMap<number, Frame>,
  parents: ReadonlyMap<number, number>,
): readonly Frame[] {
  const stack: Frame[] = [];
  for (let id: number | undefined = top; id !== undefined; id = parents.get(id)) {
    const frame = frames.get(id);
    if (frame !== undefined && frame.name !== "(root)") stack.push(frame);
  }
  return stack.reverse();
}
