import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** Makes one string; the larger the number, the longer it may be. */
export type Sampler = (seed: number) => string;

/** The characters tried for classes that allow more than they name: readable ones before the rest. */
const readable =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ .,:;!?/@#$%&*+='\"()[]{}<>|^~`\\";
const beyond = ["é", "ß", "λ", "中", "\t", "\n", "\u0001"];

/**
 * Makes strings that match a regular expression, by walking its syntax tree with a generator of random numbers: a
 * thousand in some milliseconds. Look-arounds are not looked at, so what comes out may have to be filtered.
 *
 * @throws SyntaxError where it is none
 */
export function patternSampler(pattern: string): Sampler {
  const tree = parse(pattern);
  return (seed) => new Walk(seed).alternatives(tree.alternatives);
}

function parse(pattern: string): AST.Pattern {
  const parser = new RegExpParser();
  try {
    return parser.parsePattern(pattern, undefined, undefined, { unicode: true });
  } catch {
    return parser.parsePattern(pattern, undefined, undefined, { unicode: false });
  }
}

class Walk {
  #state: number;
  readonly #most: number;
  readonly #groups = new Map<unknown, string>();

  constructor(seed: number) {
    this.#state = seed;
    this.#most = 1 + Math.floor(Math.log2(seed + 1) / 3);
  }

  alternatives(alternatives: readonly AST.Alternative[]): string {
    const chosen = alternatives[this.#below(alternatives.length)];
    return chosen === undefined ? "" : chosen.elements.map((element) => this.#element(element)).join("");
  }

  #element(element: AST.Element): string {
    switch (element.type) {
      case "Character":
        return String.fromCodePoint(element.value);
      case "CharacterSet":
      case "CharacterClass":
        return this.#oneOf(element);
      case "CapturingGroup": {
        const text = this.alternatives(element.alternatives);
        this.#groups.set(element, text);
        return text;
      }
      case "Group":
        return this.alternatives(element.alternatives);
      case "Backreference":
        return this.#groups.get([element.resolved].flat()[0]) ?? "";
      case "Quantifier": {
        const more = Math.min(element.max - element.min, this.#most);
        const count = element.min + this.#below(more + 1);
        return Array.from({ length: count }, () => this.#element(element.element)).join("");
      }
      default:
        return "";
    }
  }

  #oneOf(set: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass): string {
    const choices = choicesOf(set);
    return choices[this.#below(choices.length)] ?? "";
  }

  /** Mulberry32. */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit);
  }
}

const known = new WeakMap<object, readonly string[]>();

/** Characters of a set: those that it names where it names some, else those that it allows. */
function choicesOf(
  set: AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass,
): readonly string[] {
  const found = known.get(set);
  if (found !== undefined) return found;
  const named = set.type === "CharacterClass" && !set.negate ? set.elements.flatMap(charactersOf) : [];
  const choices = named.length > 0 ? named : allowed(set.raw);
  known.set(set, choices);
  return choices;
}

function charactersOf(element: AST.CharacterClassElement): string[] {
  if (element.type === "Character") return [String.fromCodePoint(element.value)];
  if (element.type !== "CharacterClassRange") return allowed(element.raw);
  const [min, max] = [element.min.value, Math.min(element.max.value, element.min.value + 255)];
  return Array.from({ length: max - min + 1 }, (_, index) => String.fromCodePoint(min + index));
}

function allowed(raw: string): string[] {
  const source = raw.startsWith("[") || raw.startsWith("\\") || raw === "." ? raw : `[${raw}]`;
  for (const flags of ["u", "v", ""]) {
    try {
      const regex = new RegExp(`^${source}$`, flags);
      const matching = [...readable].filter((character) => regex.test(character));
      return matching.length > 0 ? matching : beyond.filter((character) => regex.test(character));
    } catch {
      // Another flag may know what this one does not.
    }
  }
  return [];
}
