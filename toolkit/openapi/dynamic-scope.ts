import type { ContractDocument } from "./document.ts";
import { isObject } from "./json.ts";

/**
 * The dynamic scope of a schema, as far as it matters: what the outermost of the schema resources on the way to it have
 * for each name of a `$dynamicAnchor` (JSON Schema 2020-12, core §8.2.3.2). Pointers, by the name.
 */
export type DynamicScope = ReadonlyMap<string, string>;

/** The scope within the schema resource that a pointer leads into; what is bound already stays. */
export function enterScope(document: ContractDocument, pointer: string, scope: DynamicScope): DynamicScope {
  if (document.dynamicAnchors.size === 0) return scope;
  let innermost = "";
  for (const resource of document.dynamicAnchors.keys()) {
    const isWithin = pointer === resource || pointer.startsWith(`${resource}/`);
    if (isWithin && resource.length > innermost.length) innermost = resource;
  }
  const anchors = [...(document.dynamicAnchors.get(innermost) ?? [])].filter(([name]) => !scope.has(name));
  return anchors.length === 0 ? scope : new Map([...scope, ...anchors]);
}

/** What a `$dynamicRef` leads to: without a `$dynamicAnchor` at its target it is a `$ref` like others. */
export function dynamicTarget(document: ContractDocument, reference: string, scope: DynamicScope): string {
  const target = document.at(reference)?.value;
  const name = isObject(target) ? target.$dynamicAnchor : undefined;
  return (typeof name === "string" ? scope.get(name) : undefined) ?? reference;
}
