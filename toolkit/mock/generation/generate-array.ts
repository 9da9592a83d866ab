import { stringifyExact } from "../../openapi/exact-integers.ts";
import { arrayAt, type JsonObject } from "../../openapi/json.ts";
import { noValue } from "./none.ts";
import { below, type Place, type ValueMaker } from "./place.ts";

/** Items that a list by chance has beyond its minimum, at most. */
const mostMore = 2;
/** How often an item is made anew until it differs from those before. */
const mostVariants = 20;

/** A list of a schema: one item, or as many as `minItems` asks for; `NONE` where there is none. */
export function generateArray(generator: ValueMaker, schema: JsonObject, place: Place): unknown {
  const first = arrayAt(schema, "prefixItems");
  const wanted = lengthOf(schema, first.length, place);
  const least = Number(schema.minItems ?? 0);
  const contained = schema.contains === undefined ? 0 : Number(schema.minContains ?? 1);
  const others = schema.items ?? schema.unevaluatedItems;
  if (wanted === 0 || (others === undefined && first.length === 0 && contained === 0 && least === 0))
    return [];
  const result: unknown[] = [];
  const seen = schema.uniqueItems === true ? new Set<string>() : undefined;
  for (let index = 0; index < wanted; index++) {
    if (generator.budget.isExhausted || (index >= first.length && others === false)) break;
    const item = index < first.length ? first[index] : (others ?? true);
    const wish = index < contained ? { allOf: [item, schema.contains] } : item;
    const inside: Place = { ...below(place, `${place.path}/${index}`), isItem: true };
    const value = seen ? another(generator, wish, inside, index, seen) : generator.value(wish, inside);
    if (value !== noValue) result.push(value);
    else if (index < least || index < contained) return generator.impossible === noValue ? noValue : result;
    else break;
  }
  return result;
}

function lengthOf(schema: JsonObject, first: number, { depth, chance }: Place): number {
  const least = Number(schema.minItems ?? 0);
  const most = Number(schema.maxItems ?? Number.POSITIVE_INFINITY);
  const contained = schema.contains === undefined ? 0 : Number(schema.minContains ?? 1);
  const shown = depth <= 0 ? 0 : Math.max(1, first);
  const more = chance && depth > 1 ? Math.floor(chance() * (mostMore + 1)) : 0;
  return Math.min(Math.max(least, contained, shown + (first > 0 ? 0 : more)), most);
}

/** An item unlike those before it. */
function another(
  generator: ValueMaker,
  schema: unknown,
  place: Place,
  index: number,
  seen: Set<string>,
): unknown {
  for (let attempt = 0; attempt < mostVariants; attempt++) {
    const value = generator.value(schema, { ...place, variant: index + attempt });
    const key = value === noValue ? undefined : stringifyExact(value);
    if (key === undefined) return noValue;
    if (seen.has(key)) continue;
    seen.add(key);
    return value;
  }
  return noValue;
}
