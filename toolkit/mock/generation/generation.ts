import { generateSync } from "json-schema-faker";
import { isJsonObject, type JsonObject } from "../../openapi/json.ts";
import { pointerTokens } from "../document/reference.ts";
import type { ContractSchema } from "../schema/contract-schema.ts";
import { seedNumber } from "./chance.ts";
import { sample } from "./sample.ts";

/** Seeds tried for a value that passes its schema, and the time all of them together may take (milliseconds). */
const MOST_SEEDS = 30;
const LONGEST_SEARCH = 150;
/** Repairs of one value that breaks its schema in places. */
const MOST_REPAIRS = 8;

const samples = new WeakMap<ContractSchema, { readonly value: unknown }>();

/**
 * The value that always stands for a schema: Prism's sample where it is valid, else a generated one.
 * Undefined where nothing can be made at all. The value is shared: do not change it.
 */
export function staticValue(schema: ContractSchema): unknown {
  let known = samples.get(schema);
  if (!known) {
    const plain = sample(schema.generative);
    const valid = plain !== undefined && schema.validator.accepts(plain);
    known = { value: valid ? plain : (search(schema, 1, plain, false) ?? plain) };
    samples.set(schema, known);
  }
  return known.value;
}

/**
 * A random value that passes its schema, the same one for the same seed.
 *
 * @param seed any string
 * @param fill whether objects that allow it get additional properties too
 */
export function dynamicValue(schema: ContractSchema, seed: string, fill = false): unknown {
  return search(schema, seedNumber(seed), staticValue(schema), fill) ?? staticValue(schema);
}

function search(schema: ContractSchema, seed: number, fallback: unknown, fill: boolean): unknown {
  const started = performance.now();
  for (let attempt = 0; attempt < MOST_SEEDS && performance.now() - started < LONGEST_SEARCH; attempt++) {
    const value = generate(schema, seed + attempt, fill);
    if (value === undefined) continue;
    if (schema.validator.accepts(value)) return value;
    const repaired = repair(schema, value, fallback);
    if (repaired !== undefined) return repaired;
  }
  return undefined;
}

function generate(schema: ContractSchema, seed: number, fillProperties: boolean): unknown {
  try {
    const options = { seed, alwaysFakeOptionals: true, fillProperties, maxDefaultItems: 3, maxDepth: 5 };
    return generateSync(schema.generative as never, options);
  } catch {
    return undefined;
  }
}

/** Replaces what is invalid by the same place of a value known to be better, or leaves it out. */
function repair(schema: ContractSchema, value: unknown, better: unknown): unknown {
  for (let round = 0; round < MOST_REPAIRS; round++) {
    const [error] = schema.validator.errors(value);
    if (!error) return value;
    const path = pointerTokens(error.instancePath);
    const last = path.pop();
    const parent = descend(value, path);
    if (last === undefined || typeof parent !== "object" || parent === null) return undefined;
    const replacement = descend(
      better,
      [...path, last].map((token) => (/^\d+$/.test(token) ? "0" : token)),
    );
    const holder = parent as JsonObject;
    if (replacement !== undefined && JSON.stringify(holder[last]) !== JSON.stringify(replacement)) {
      holder[last] = structuredClone(replacement);
    } else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete holder[last];
  }
  return undefined;
}

function descend(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const token of path) {
    if (!isJsonObject(current) && !Array.isArray(current)) return undefined;
    current = (current as JsonObject)[token];
  }
  return current;
}
