import type { ErrorObject } from "ajv";
import { pointerToken } from "../../openapi/reference.ts";

/**
 * How often each place of a value (a JSON Pointer) has been found wrong: each time it is made another way.
 * 0: as its author wrote it; 1: from the schema alone; from 2: the next alternative, then by chance.
 */
export class Corrections {
  readonly #counts: ReadonlyMap<string, number>;
  /** The places above corrected ones. */
  readonly #above = new Set<string>();

  constructor(counts: ReadonlyMap<string, number> = new Map()) {
    this.#counts = counts;
    for (const path of counts.keys())
      for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
        this.#above.add(path.slice(0, at));
        if (at === 0) break;
      }
  }

  at(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  /** Whether something below a place is corrected. */
  below(path: string): boolean {
    return this.#above.has(path);
  }

  /** With some places made the next way. */
  with(paths: Iterable<string>, times = 1): Corrections {
    const counts = new Map(this.#counts);
    for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + times);
    return new Corrections(counts);
  }
}

const combinations = new Set(["oneOf", "anyOf", "not", "if", "contains"]);

/** Where errors are, as places to correct. */
export interface Faults {
  /** Places that are wrong whatever alternative is meant. */
  readonly certain: readonly string[];
  /** Places that may be: of alternatives that were not meant, or the alternatives' own. Deepest first. */
  readonly possible: readonly string[];
}

/** Reads a validator's errors. */
export function faultsOf(errors: readonly ErrorObject[]): Faults {
  const combined = errors.filter(({ keyword }) => combinations.has(keyword)).map(placeOf);
  const beneath = (path: string) => combined.some((one) => path === one || path.startsWith(`${one}/`));
  const places = [...new Set(errors.map(placeOf))];
  const depth = (path: string) => path.split("/").length;
  return {
    certain: places.filter((path) => !beneath(path)),
    possible: places.filter(beneath).sort((a, b) => depth(b) - depth(a)),
  };
}

/** The place that an error is about: a missing or a surplus property is a place of its own. */
function placeOf({ instancePath, params }: ErrorObject): string {
  const named =
    params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName;
  if (typeof named === "string") return `${instancePath}/${pointerToken(named)}`;
  return typeof params.j === "number" ? `${instancePath}/${Math.max(params.i, params.j)}` : instancePath;
}
