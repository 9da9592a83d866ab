import type { ContractSchema } from "../../openapi/schema.ts";
import { sharedSchema } from "../../openapi/shared-schema.ts";
import { validatorOf } from "../schema/validator.ts";
import { Budget, OutOfBudget } from "./budget.ts";
import { createChance } from "./chance.ts";
import { Corrections, faultsOf } from "./corrections.ts";
import { Generator } from "./generator.ts";
import { noValue } from "./none.ts";
import { rootPlace } from "./place.ts";

/** Values in one sample. Far more than any screen shows, far less than would stall the server. */
const largestSample = 8_000;
/** Values in one that is cut short because nothing smaller is valid. */
const smallestSample = 1_000;
/** Steps that all attempts at one body together may take. */
const mostSteps = 30_000;
/** How deep objects may nest before what is optional is left out. Tried in turn until the sample is small enough. */
const sampleDepths = [10, 5, 2, 0];
const randomDepths = [5, 3, 1, 0];
/** Other ways tried at one place. */
const mostCorrections = 5;
const mostSeeds = 10;

/** How a value is made. */
interface Making {
  /** Undefined: always the same value. */
  readonly seed?: string;
  readonly fill: boolean;
}

interface Made {
  readonly value: unknown;
  readonly depth: number;
}

const samples = new WeakMap<ContractSchema, unknown>();

/**
 * The value that always stands for a schema: Prism's sample (default, const, first of enum, first of examples, a sample
 * of the format, the minimum, `"string"`, `0`; arrays hold one item or `minItems`), made another way in those places
 * only where it breaks the schema. A schema that no value can satisfy, or no small one, gets one that comes near.
 * Undefined where nothing can be made at all. The value is shared: do not change it.
 */
export function staticValue(schema: ContractSchema): unknown {
  const one = sharedSchema(schema);
  if (!samples.has(one)) samples.set(one, search(one, { fill: false }));
  return samples.get(one);
}

/**
 * The same, without holding it against its schema: for a page that shows very many.
 *
 * @param budget pays for it
 * @returns undefined where the budget does not suffice
 */
export function roughValue(schema: ContractSchema, budget: Budget): unknown {
  const one = sharedSchema(schema);
  return samples.has(one) ? samples.get(one) : make(one, { fill: false }, budget)?.value;
}

/**
 * A random value that passes its schema, the same one for the same seed.
 *
 * @param seed any string
 * @param fill whether objects that allow it get additional properties too
 */
export function dynamicValue(schema: ContractSchema, seed: string, fill = false): unknown {
  return search(schema, { seed, fill });
}

/** The first valid value, or the one that comes nearest. */
function search(schema: ContractSchema, making: Making): unknown {
  const budget = new Budget(mostSteps);
  const first = make(schema, making, budget);
  if (!first) return undefined;
  const mended = mend(schema, making, first, budget);
  if (mended.errors === 0) return mended.value;
  for (let seed = 1; seed <= mostSeeds && budget.left > 0; seed++) {
    const other = { ...making, seed: `${making.seed ?? ""} ${seed}` };
    const value = make(schema, other, budget)?.value;
    if (value !== undefined && validatorOf(schema).accepts(value)) return value;
  }
  return mended.value;
}

/** Makes what is wrong another way, place by place, as long as that leaves fewer errors. */
function mend(
  schema: ContractSchema,
  making: Making,
  { value: first, depth }: Made,
  budget: Budget,
): { readonly value: unknown; readonly errors: number } {
  let corrections = new Corrections();
  let value = first;
  let errors = validatorOf(schema).errors(value);
  const attempt = (places: readonly string[], times: number): boolean => {
    const next = corrections.with(places, times);
    const made = make(schema, making, budget, next, depth);
    const remaining = made && validatorOf(schema).errors(made.value);
    if (!made || !remaining || remaining.length >= errors.length) return false;
    corrections = next;
    value = made.value;
    errors = remaining;
    return true;
  };
  const improve = (): boolean => {
    const { certain, possible } = faultsOf(errors);
    if (certain.length > 0 && attempt(certain, 1)) return true;
    for (const place of [...certain, ...possible])
      for (let times = 1; times <= mostCorrections && budget.left > 0; times++)
        if (attempt([place], times)) return true;
    return false;
  };
  while (errors.length > 0 && budget.left > 0 && improve());
  return { value, errors: errors.length };
}

/** One value, as deep as it may be; where even the flattest is too large, what there is room for. */
function make(
  schema: ContractSchema,
  making: Making,
  budget: Budget,
  corrections = new Corrections(),
  depth?: number,
): Made | undefined {
  const depths = depth === undefined ? (making.seed === undefined ? sampleDepths : randomDepths) : [depth];
  for (const one of depths) {
    const value = within(budget, largestSample, true, (own) =>
      generate(schema, making, own, corrections, one, [true, false]),
    );
    if (value !== noValue) return { value, depth: one };
  }
  const value = within(budget, smallestSample, false, (own) =>
    generate(schema, making, own, corrections, 0, [false]),
  );
  return value === noValue ? undefined : { value, depth: 0 };
}

function generate(
  schema: ContractSchema,
  { seed, fill }: Making,
  budget: Budget,
  corrections: Corrections,
  depth: number,
  strictness: readonly boolean[],
): unknown {
  const generative = schema.generative;
  for (const strict of strictness) {
    const generator = new Generator(generative, { budget, corrections, fill, strict });
    const chance = seed === undefined ? undefined : createChance(seed);
    const value = generator.value(generative, rootPlace(depth, chance));
    if (value !== noValue) return value;
  }
  return noValue;
}

/** Makes a value with a part of a budget; `NONE` where it does not suffice. */
function within(budget: Budget, most: number, throws: boolean, run: (own: Budget) => unknown): unknown {
  const own = new Budget(throws ? Math.min(most, budget.left) : most, throws);
  try {
    return run(own);
  } catch (error) {
    // A schema may also nest deeper than the call stack.
    if (!(error instanceof OutOfBudget) && !(error instanceof RangeError)) throw error;
    return noValue;
  } finally {
    budget.spend(Math.min(own.spent, budget.left));
  }
}
