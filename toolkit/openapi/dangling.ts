import type { JsonObject } from "./json.ts";
import type { Located } from "./reference.ts";

/** A reference that leads nowhere. */
export interface Dangling {
  readonly pointer: string;
  readonly reference: string;
  readonly reason: "outside" | "missing" | "malformed" | "circular";
}

/** An object that refers to another place. */
export interface Reference extends Located<JsonObject> {
  /** As the document writes it. */
  readonly written: string;
  readonly quiet: boolean;
}

/** The references that only lead back to themselves: one of each circle. */
export function findCircles(references: readonly Reference[]): Dangling[] {
  const byPointer = new Map(references.map((each) => [each.pointer, each]));
  const told = new Set<unknown>();
  return references.flatMap((first): Dangling[] => {
    const seen = new Set<unknown>();
    let current: Reference | undefined = first;
    while (current !== undefined && !seen.has(current) && !told.has(current)) {
      seen.add(current);
      current = typeof current.value.$ref === "string" ? byPointer.get(current.value.$ref) : undefined;
    }
    const isCircle = current !== undefined && !told.has(current) && !first.quiet;
    for (const each of seen) told.add(each);
    return isCircle ? [{ pointer: first.pointer, reference: first.written, reason: "circular" }] : [];
  });
}
