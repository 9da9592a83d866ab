import { isObject, type JsonObject } from "../../openapi/json.ts";
import { pointerToken } from "../../openapi/reference.ts";
import type { JsonSchema } from "../../openapi/schema-dialect.ts";
import type { Budget } from "./budget.ts";
import { createChance } from "./chance.ts";
import { alternativesOf, type Conjunction, conjoin } from "./conjunction.ts";
import type { Corrections } from "./corrections.ts";
import { define } from "./define.ts";
import { generateArray } from "./generate-array.ts";
import { generateObject } from "./generate-object.ts";
import { pinnedValues, typeOf, writtenValue } from "./literal.ts";
import { memberSchema } from "./member.ts";
import { merge } from "./merge.ts";
import { noValue } from "./none.ts";
import { below, type Place, recurses, type ValueMaker } from "./place.ts";
import { sampleNumber } from "./sample-number.ts";
import { sampleString } from "./sample-string.ts";

export interface GeneratorOptions {
  readonly budget: Budget;
  readonly corrections: Corrections;
  /** Adds properties to objects that allow more. */
  readonly fill: boolean;
  /** False: what cannot be made is null, and of schemas that contradict each other one wins. */
  readonly strict: boolean;
}

/** Makes values of one schema. */
export class Generator implements ValueMaker {
  readonly #root: JsonSchema;
  readonly #options: GeneratorOptions;

  constructor(root: JsonSchema, options: GeneratorOptions) {
    this.#root = root;
    this.#options = options;
  }

  get budget(): Budget {
    return this.#options.budget;
  }

  get fill(): boolean {
    return this.#options.fill;
  }

  get corrections(): Corrections {
    return this.#options.corrections;
  }

  /** What stands for a value that cannot be made. `NONE` gives up what holds it, where that is optional. */
  get impossible(): unknown {
    return this.#options.strict ? noValue : null;
  }

  /**
   * @returns `NONE` where nothing can be made
   * @throws OutOfBudget
   */
  value(schema: unknown, place: Place): unknown {
    const corrections = this.corrections.at(place.path);
    const chance = corrections > 1 ? createChance(`${place.path} ${corrections}`) : place.chance;
    return this.#choose(conjoin(this.#root, schema), { ...place, chance }, corrections);
  }

  /** Decides the alternatives one by one, the next branch where one can have no value. */
  #choose(all: Conjunction, place: Place, corrections: number): unknown {
    if (!this.budget.spend()) return null;
    if (all.impossible && this.#options.strict) return noValue;
    if (recurses(all.followed, place)) return this.#endOfRecursion(all);
    const alternatives = alternativesOf(this.#root, all);
    if (!alternatives) return this.#decided(all, place, corrections);
    const written = this.#written(all.parts, place, corrections);
    if (written !== noValue && !this.corrections.below(place.path)) return structuredClone(written);
    const { branches, rest } = alternatives;
    const first = firstBranch(branches.length, place, corrections);
    for (let index = 0; index < branches.length; index++) {
      const branch = branches[(first + index) % branches.length];
      const value = this.#choose(conjoin(this.#root, branch, rest), place, corrections);
      if (value !== noValue) return value;
    }
    return this.impossible;
  }

  /** What may stand where a value would hold itself without end. */
  #endOfRecursion({ parts }: Conjunction): unknown {
    const merged = merge(parts, false) ?? {};
    if ([merged.type].flat().includes("null")) return null;
    return typeOf(merged) === "array" && !(Number(merged.minItems) > 0) ? [] : this.impossible;
  }

  #decided({ parts, followed }: Conjunction, place: Place, corrections: number): unknown {
    const merged = merge(parts, this.#options.strict);
    if (merged === undefined) return noValue;
    const inside = { ...place, followed };
    const written = this.#written(parts, place, corrections);
    if (written !== noValue && (parts.length === 1 || !isObject(written)))
      return this.#patched(written, merged, inside);
    const pinned = pinnedValues(merged);
    if (pinned !== undefined) return structuredClone(pinned[indexOf(pinned.length, place, corrections)]);
    const value = this.#made(merged, inside);
    if (!isObject(value) || place.chance) return value;
    // Each part may bring an example of its own members.
    for (const part of parts) {
      const example = this.#written([part], place, corrections);
      if (isObject(example))
        for (const [name, member] of Object.entries(this.#patched(example, merged, inside) as JsonObject))
          define(value, name, structuredClone(member));
    }
    return value;
  }

  /** What the author wrote for this place, unless it was found wrong, or values by chance are wanted. */
  #written(parts: readonly JsonObject[], { chance, variant = 0 }: Place, corrections: number): unknown {
    if (corrections > 0 || chance || variant > 0) return noValue;
    const values = parts.map(writtenValue).filter((value) => value !== noValue);
    return values.length === 0 ? noValue : values.at(-1);
  }

  /** A written value whose members are made anew where they were found wrong. */
  #patched(written: unknown, schema: JsonObject, place: Place): unknown {
    const value = structuredClone(written);
    this.#patch(value, schema, place);
    return value;
  }

  #patch(value: unknown, schema: JsonObject, place: Place): void {
    if (typeof value !== "object" || value === null || !this.corrections.below(place.path)) return;
    const isList = Array.isArray(value);
    const names = new Set([...Object.keys(value), ...Object.keys((schema.properties as JsonObject) ?? {})]);
    for (const name of names) {
      const path = `${place.path}/${pointerToken(name)}`;
      const inside: Place = { ...below(place, path), ...(isList ? { isItem: true } : { name }) };
      const member = memberSchema(schema, name, isList);
      if (this.corrections.at(path) === 0) {
        if (!Object.hasOwn(value, name) || !this.corrections.below(path)) continue;
        const { parts } = conjoin(this.#root, member);
        const merged = merge(parts, false);
        if (merged) this.#patch((value as JsonObject)[name], merged, inside);
        continue;
      }
      const made = member === false ? noValue : this.value(member, inside);
      if (made !== noValue) define(value as JsonObject, name, made);
      else if (!isList) delete (value as JsonObject)[name];
    }
  }

  #made(schema: JsonObject, place: Place): unknown {
    const { chance, variant = 0 } = place;
    const varied = chance ?? (variant > 0 ? createChance(`${place.path} ${variant}`) : undefined);
    switch (typeOf(schema)) {
      case "object":
        return generateObject(this, schema, place);
      case "array":
        return generateArray(this, schema, place);
      case "string": {
        const text = sampleString(schema, place.name, varied, this.budget);
        return text === noValue && !this.#options.strict ? "string" : text;
      }
      case "integer":
        return sampleNumber(schema, true, varied, variant);
      case "number":
        return sampleNumber(schema, false, varied, variant);
      case "boolean":
        return varied ? varied() < 0.5 : true;
      default:
        return null;
    }
  }
}

/** Once a place was found wrong as it stands (1), its alternatives are tried in turn. */
function firstBranch(count: number, { chance, variant = 0 }: Place, corrections: number): number {
  if (corrections > 1) return (corrections - 1) % count;
  return chance ? Math.floor(chance() * count) : variant % count;
}

function indexOf(count: number, { chance, variant }: Place, corrections: number): number {
  if (variant !== undefined && variant > 0) return variant % count;
  if (corrections > 1) return (corrections - 1) % count;
  return chance ? Math.floor(chance() * count) : 0;
}
