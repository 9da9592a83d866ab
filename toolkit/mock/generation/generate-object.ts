import { arrayAt, isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { pointerToken } from "../../openapi/reference.ts";
import { define } from "./define.ts";
import { memberSchema } from "./member.ts";
import { noValue } from "./none.ts";
import { below, type Place, type ValueMaker } from "./place.ts";

/** How many properties are shown of an object that is free to have any: Prism's number. */
const freeProperties = 2;
/** How often another name is looked for. */
const mostNames = 20;
/** How often a property that may be left out is made another way before it is. */
const mostCorrections = 4;

/** An object of a schema; `NONE` where there is none. */
export function generateObject(generator: ValueMaker, schema: JsonObject, place: Place): unknown {
  const required = new Set(arrayAt(schema, "required").map(String));
  const most = Number(schema.maxProperties ?? Number.POSITIVE_INFINITY);
  const refused = refusedNames(schema);
  const result: JsonObject = {};
  let count = 0;
  let missing = required.size;

  /** False: a required property cannot be made. */
  const add = (name: string, property: unknown, optional: boolean): boolean => {
    const path = `${place.path}/${pointerToken(name)}`;
    if (optional && generator.corrections.at(path) > mostCorrections) return true;
    const value = generator.value(property, { ...below(place, path), name });
    if (value === noValue) return optional;
    define(result, name, value);
    count += 1;
    if (required.has(name)) missing -= 1;
    return true;
  };

  const properties = place.depth > 0 ? Object.entries(objectAt(schema, "properties")) : [];
  for (const [name, property] of properties) {
    const optional = !required.has(name);
    if (optional && (refused.has(name) || count + missing >= most)) continue;
    if (!add(name, property, optional)) return noValue;
  }
  for (const name of required)
    if (!Object.hasOwn(result, name) && !add(name, memberSchema(schema, name, false), false)) return noValue;
  for (const [name, others] of Object.entries(objectAt(schema, "dependentRequired"))) {
    if (!Object.hasOwn(result, name)) continue;
    const absent = arrayAt({ others }, "others").filter((other) => !Object.hasOwn(result, String(other)));
    if (!absent.every((other) => add(String(other), memberSchema(schema, String(other), false), false)))
      delete result[name];
  }
  const shown = count + freeCount(generator, schema, place);
  const wanted = Math.min(most - missing, Math.max(shown, Number(schema.minProperties ?? 0)));
  for (const name of freeNames(generator, schema, place)) {
    if (count >= wanted || generator.budget.isExhausted) break;
    if (!Object.hasOwn(result, name)) add(name, memberSchema(schema, name, false), true);
  }
  return result;
}

/** Properties that `not: { required: [name] }` forbids. */
function refusedNames({ not }: JsonObject): ReadonlySet<string> {
  const refused = isObject(not) ? [not, ...arrayAt(not, "anyOf").filter(isObject)] : [];
  return new Set(
    refused.flatMap((one) => {
      const names = arrayAt(one, "required").map(String);
      return Object.keys(one).every((keyword) => keyword === "required" || keyword === "type") &&
        names.length === 1
        ? names
        : [];
    }),
  );
}

/** How many properties that the schema does not name are shown. */
function freeCount(generator: ValueMaker, schema: JsonObject, { depth }: Place): number {
  if (depth <= 0) return 0;
  if (isObject(schema.additionalProperties)) return freeProperties;
  return generator.fill && schema.additionalProperties !== false && schema.unevaluatedProperties !== false
    ? freeProperties
    : 0;
}

/** Names for properties that the schema does not name itself. */
function* freeNames(generator: ValueMaker, schema: JsonObject, place: Place): Iterable<string> {
  const { propertyNames, additionalProperties, unevaluatedProperties } = schema;
  const closed = additionalProperties === false || unevaluatedProperties === false;
  const [pattern] = Object.keys(objectAt(schema, "patternProperties"));
  if (closed && pattern === undefined) return;
  const most = mostNames + Number(schema.minProperties ?? 0);
  const rule = closed ? { type: "string", pattern } : propertyNames;
  if (rule === undefined || rule === true) {
    const prior = Object.keys(objectAt(schema, "properties")).length;
    for (let index = 1; index < most + prior; index++) yield `property${index}`;
    return;
  }
  for (let index = 0; index < most && !generator.budget.isExhausted; index++) {
    const path = `${place.path}/property${index}`;
    const name = generator.value(
      { type: "string", allOf: [rule] },
      { ...below(place, path), depth: 0, variant: index },
    );
    if (typeof name === "string") yield name;
  }
}
