import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { BoundedRegExp } from "../../openapi/bounded-regexp.ts";
import type { Budget } from "./budget.ts";
import { noValue } from "./none.ts";

/** The characters to choose from, the most readable first. */
const readableCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const alphabet = [
  ...readableCharacters,
  ..." -_.,:;/@+#!?$%&*=~'\"()[]{}<>|\\^`\t\n",
  ..."äéßñΩжя日本語한‐€😀",
];
const mostAttempts = 20;
/** How often what may repeat without end repeats, beyond its minimum and beyond what a length asks for. */
const usualRepeats = 3;

/** What a text has to be. */
export interface Expected {
  readonly patterns: readonly string[];
  /** In UTF-16 units. */
  readonly least: number;
  readonly most: number;
}

/**
 * A text that matches expressions, within a length.
 *
 * @param budget pays for each character
 * @returns `NONE` where none was found
 */
export function sampleMatching(expected: Expected, chance: () => number, budget: Budget): unknown {
  const expressions = expected.patterns.map(compile);
  const fits = (text: string) =>
    text.length >= expected.least &&
    text.length <= expected.most &&
    expressions.every((expression) => expression?.test(text) ?? true);
  for (const pattern of expected.patterns) {
    const tree = parse(pattern);
    if (!tree) continue;
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const text = new Writer(expected, chance, budget, attempt < mostAttempts / 2).write(tree);
      if (fits(text)) return text;
    }
  }
  return candidates.find(fits) ?? noValue;
}

/** Texts worth trying where an expression looks ahead or behind. */
const candidates = [
  ..."string|STRING|String1!|0|1|00000000|A|a|abc123|+10000000000|2019-08-24|user@example.com".split("|"),
  ..."http://example.com|https://example.com|192.168.0.1|abcdefgh|Abcdefg1|Abcdefg1!".split("|"),
];

function compile(pattern: string): RegExp | undefined {
  for (const mode of ["u", ""]) {
    try {
      return new BoundedRegExp(pattern, mode);
    } catch {
      // Tried in the next mode.
    }
  }
  return undefined;
}

function parse(pattern: string): AST.Pattern | undefined {
  for (const unicode of [true, false]) {
    try {
      return new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode });
    } catch {
      // Tried in the next mode.
    }
  }
  return undefined;
}

/** Writes one text along an expression. What looks around is passed over: the whole is tried on the expression. */
class Writer {
  readonly #expected: Expected;
  readonly #chance: () => number;
  readonly #budget: Budget;
  /** Repeats only what it must, until the text is long enough. */
  readonly #terse: boolean;
  readonly #groups = new Map<AST.CapturingGroup, string>();
  #length = 0;

  constructor(expected: Expected, chance: () => number, budget: Budget, terse: boolean) {
    this.#expected = expected;
    this.#chance = chance;
    this.#budget = budget;
    this.#terse = terse;
  }

  write(pattern: AST.Pattern): string {
    let text = this.#alternatives(pattern.alternatives, 0);
    // Without anchors the expression is found in a longer text, too.
    const missing = this.#expected.least - text.length;
    if (missing > 0 && this.#budget.spend(missing)) {
      text += "a".repeat(missing);
    }
    return text;
  }

  /** @param after the length that what follows will have at least */
  #alternatives(alternatives: readonly AST.Alternative[], after: number): string {
    const short = alternatives.filter((one) => this.#length + shortest(one) + after <= this.#expected.most);
    const among = short.length > 0 ? short : alternatives;
    const chosen = among[Math.floor(this.#chance() * among.length)];
    return chosen ? this.#sequence(chosen.elements, after) : "";
  }

  #sequence(elements: readonly AST.Element[], after: number): string {
    const following = [after];
    for (const element of elements.toReversed()) following.unshift((following[0] ?? 0) + shortest(element));
    return elements.map((element, index) => this.#element(element, following[index + 1] ?? 0)).join("");
  }

  #element(element: AST.Element, after: number): string {
    this.#budget.spend();
    switch (element.type) {
      case "Group":
        return this.#alternatives(element.alternatives, after);
      case "CapturingGroup": {
        const text = this.#alternatives(element.alternatives, after);
        this.#groups.set(element, text);
        return text;
      }
      case "Backreference": {
        const group = Array.isArray(element.resolved) ? element.resolved[0] : element.resolved;
        return this.#written((group && this.#groups.get(group)) ?? "");
      }
      case "Quantifier":
        return this.#repeated(element, after);
      case "Character":
        return this.#written(String.fromCodePoint(element.value));
      case "CharacterClass":
      case "CharacterSet":
        return this.#written(this.#oneOf(charactersOf(element)));
      default:
        return "";
    }
  }

  #repeated({ element, min, max }: AST.Quantifier, after: number): string {
    const each = Math.max(1, shortest(element));
    const usual = this.#terse ? 0 : Math.floor(this.#chance() * (usualRepeats + 1));
    const wanted = Math.ceil((this.#expected.least - this.#length - after) / each);
    const room = Math.floor((this.#expected.most - this.#length - after) / each);
    // What may be left out is shown where it stands alone: `[a-z]*` is better understood by a letter.
    const count = Math.max(min, Math.min(max, room, Math.max(wanted, min + usual, this.#terse ? 0 : 1)));
    let text = "";
    for (let index = 0; index < count && !this.#budget.isExhausted; index++)
      text += this.#element(element, after + (min - index - 1 > 0 ? (min - index - 1) * each : 0));
    return text;
  }

  #oneOf(characters: readonly string[]): string {
    return characters[Math.floor(this.#chance() * characters.length)] ?? "";
  }

  #written(text: string): string {
    this.#length += text.length;
    return text;
  }
}

/** The length of the shortest text that matches, in UTF-16 units; what looks around has none. */
function shortest(node: AST.Element | AST.Alternative): number {
  switch (node.type) {
    case "Alternative":
      return node.elements.reduce((sum, element) => sum + shortest(element), 0);
    case "Group":
    case "CapturingGroup":
      return Math.min(...node.alternatives.map(shortest));
    case "Quantifier":
      return node.min * shortest(node.element);
    case "Character":
      return node.value > 0xffff ? 2 : 1;
    case "CharacterClass":
    case "CharacterSet":
      return 1;
    default:
      return 0;
  }
}

const known = new Map<string, readonly string[]>();
const mostKnown = 1_000;

/** Characters of a class, readable ones alone where it is an open one (`.`, `[^"]`). */
function charactersOf(node: AST.CharacterClass | AST.CharacterSet): readonly string[] {
  let characters = known.get(node.raw);
  if (!characters) {
    const expression = compile(`^(?:${node.raw})$`);
    const all = alphabet.filter((one) => expression?.test(one));
    const isOpen =
      node.type === "CharacterSet"
        ? node.kind === "any" || node.kind === "property" || node.negate
        : node.negate;
    const readable = all.filter((one) => readableCharacters.includes(one));
    characters = isOpen && readable.length > 0 ? readable : all.length > 0 ? all : firstOf(node);
    if (known.size >= mostKnown) known.clear();
    known.set(node.raw, characters);
  }
  return characters;
}

/** The first character of a class that has none of the usual ones. */
function firstOf(node: AST.CharacterClass | AST.CharacterSet): readonly string[] {
  if (node.type !== "CharacterClass" || node.negate) return [];
  return node.elements.flatMap((element) => {
    if (element.type === "Character") return [String.fromCodePoint(element.value)];
    return element.type === "CharacterClassRange" ? [String.fromCodePoint(element.min.value)] : [];
  });
}
