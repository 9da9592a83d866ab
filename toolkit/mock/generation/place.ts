import type { Budget } from "./budget.ts";
import type { Corrections } from "./corrections.ts";

/** Where in a value something is made. */
export interface Place {
  /** A JSON Pointer. */
  readonly path: string;
  /** How many levels below may hold what is optional. */
  readonly depth: number;
  /** The property's name. */
  readonly name?: string;
  /** The references followed at this place. */
  readonly followed: ReadonlySet<string>;
  /** What holds this place; undefined: nothing does. */
  readonly holder?: Place;
  readonly isItem?: boolean;
  /** Makes values any that are allowed; undefined: always the same. */
  readonly chance?: (() => number) | undefined;
  /** Tells items of a list apart that all have to differ. */
  readonly variant?: number;
}

/** The place of something that a value holds. */
export function below(holder: Place, path: string): Place {
  const { depth, chance, variant } = holder;
  return {
    path,
    depth: depth - 1,
    followed: noNames,
    holder,
    chance,
    ...(variant !== undefined && { variant }),
  };
}

const noNames: ReadonlySet<string> = new Set();

/** Where a value begins. */
export function rootPlace(depth: number, chance: (() => number) | undefined): Place {
  return { path: "", depth, followed: noNames, chance };
}

/**
 * Whether a place would hold itself: what it follows was followed by what holds it. Items may hold what holds their
 * list once more, so that a list shows what it holds.
 */
export function recurses(followed: ReadonlySet<string>, { isItem, holder }: Place): boolean {
  const list = isItem ? holder : undefined;
  const first = list?.holder ?? list;
  for (const pointer of followed) {
    const excused = first?.followed.has(pointer) || list?.followed.has(pointer);
    let count = 0;
    for (let above = holder; above; above = above.holder) if (above.followed.has(pointer)) count += 1;
    if (count >= (excused ? 2 : 1)) return true;
  }
  return false;
}

/** What makes the values that another one holds. */
export interface ValueMaker {
  readonly budget: Budget;
  readonly corrections: Corrections;
  /** Adds properties to objects that allow more. */
  readonly fill: boolean;
  /** What stands for a value that cannot be made. `NONE` gives up what holds it, where that is optional. */
  readonly impossible: unknown;
  /** @returns `NONE` where nothing can be made */
  value(schema: unknown, place: Place): unknown;
}
