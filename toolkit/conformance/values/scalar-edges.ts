import { type Flat, typesOf } from "./merge.ts";
import { type AddEdge, stringEdges } from "./string-edges.ts";

/** A value in place of one that is looked at as a whole: at an edge (`at maximum`) or one step beyond (`beyond maximum`). */
export interface Edge {
  readonly value: unknown;
  readonly keyword: string;
  readonly limit: unknown;
}

/** The edges of a value that is looked at as a whole. */
export function edgesOf(flat: Flat, base: unknown): Edge[] {
  const found: Edge[] = [];
  const adding =
    (side: "at" | "beyond"): AddEdge =>
    (keyword, limit, ...values) => {
      found.push(...values.map((value) => ({ value, keyword: `${side} ${keyword}`, limit })));
    };
  const [at, beyond] = [adding("at"), adding("beyond")];
  const types = typesOf(flat);
  if (flat.const !== undefined) beyond("const", flat.const, other(flat.const));
  if (Array.isArray(flat.enum)) {
    for (const value of flat.enum) at("enum", value, value);
    beyond("enum", undefined, other(flat.enum[0]));
  }
  if (flat.type !== undefined) beyond("type", flat.type, wrongType(types));
  if (typeof base === "string") stringEdges(flat, base, at, beyond);
  if (types.includes("integer") && !types.includes("number")) beyond("type", "integer", 0.5);
  const step = types.includes("integer") ? 1 : 0.5;
  if (typeof flat.minimum === "number") {
    at("minimum", flat.minimum, flat.minimum);
    beyond("minimum", flat.minimum, flat.minimum - step);
  }
  if (typeof flat.maximum === "number") {
    at("maximum", flat.maximum, flat.maximum);
    beyond("maximum", flat.maximum, flat.maximum + step);
  }
  if (typeof flat.exclusiveMinimum === "number")
    beyond("exclusiveMinimum", flat.exclusiveMinimum, flat.exclusiveMinimum);
  if (typeof flat.exclusiveMaximum === "number")
    beyond("exclusiveMaximum", flat.exclusiveMaximum, flat.exclusiveMaximum);
  if (typeof flat.multipleOf === "number" && typeof base === "number")
    beyond("multipleOf", flat.multipleOf, base + flat.multipleOf / 2);
  return found;
}

function other(value: unknown): unknown {
  if (typeof value === "string") return `${value}-unknown`;
  if (typeof value === "number") return value + 1_000_003;
  if (typeof value === "boolean") return !value;
  return "unknown";
}

/** A text where something else is wanted: a server that guesses types cannot make sense of it. */
function wrongType(types: readonly string[]): unknown {
  if (!types.includes("string")) return "text";
  const values: Readonly<Record<string, unknown>> = { object: {}, array: [], boolean: true, number: 7 };
  for (const [type, value] of Object.entries(values)) {
    const isTaken = types.includes(type) || (type === "number" && types.includes("integer"));
    if (!isTaken) return value;
  }
  return types.includes("null") ? undefined : null;
}
