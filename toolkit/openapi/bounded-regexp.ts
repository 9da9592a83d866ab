import { constants, createContext, Script } from "node:vm";

/** The longest that one match may take, in milliseconds. */
const longestMatch = 50;
/** Matches given up in one turn of the event loop, after which the rest of them fail at once. */
const mostGivenUp = 4;
/** Texts this short are matched at once whatever the pattern: a bounded match costs some 0.1 ms more. */
const shortestSlowText = 16;
/** Steps that a match may take unbounded. */
const mostStepsUnbounded = 1_000_000;

let context: { expression?: RegExp; text?: string } | undefined;
let script: Script | undefined;
let givenUp = 0;

/**
 * A pattern of a document, which may need exponential time (`^(a+)+$`) on a text of a client: matching is given up after
 * 50 ms, and the text then counts as one that does not match. V8 stops its matching only from outside, which `node:vm`
 * does; an engine in linear time (RE2) has neither look-around nor back-references, which ECMA-262's patterns may have.
 */
export class BoundedRegExp extends RegExp {
  readonly #expression: RegExp;
  readonly #steps: (length: number) => number;

  /** @throws SyntaxError */
  constructor(pattern: string, flags: string) {
    super(pattern, flags);
    this.#expression = new RegExp(pattern, flags);
    this.#steps = mostSteps(pattern);
  }

  override test(text: string): boolean {
    const { length } = text;
    return length <= shortestSlowText || this.#steps(length) <= mostStepsUnbounded
      ? this.#expression.test(text)
      : matches(this.#expression, text);
  }
}

const groupPattern = /\((?:\?(?:[:=!]|<[=!]|<\w+>))?([^()]*)\)([*+{]?)/;

/**
 * The most steps that a match takes, by the length of the text: the length to the power of the quantifiers, where none is
 * within another one and nothing that is repeated has alternatives; without end otherwise.
 */
function mostSteps(pattern: string): (length: number) => number {
  let rest = pattern.replace(/\\[^1-9k]/g, "x").replace(/\[(?:\\.|[^\]])*\]/g, "x");
  if (rest.includes("\\")) return () => Number.POSITIVE_INFINITY;
  let flat = "";
  for (let group = groupPattern.exec(rest); group !== null; group = groupPattern.exec(rest)) {
    const [whole, content = "", quantifier = ""] = group;
    if (quantifier !== "" && /[*+{?|]/.test(content)) return () => Number.POSITIVE_INFINITY;
    flat += content;
    rest = rest.replace(whole, () => `x${quantifier}`);
  }
  flat += rest;
  const variable = (flat.match(/[*+]|\{\d*,/g) ?? []).length;
  const optional = (flat.match(/\?/g) ?? []).length;
  const starts = pattern.startsWith("^") && !flat.includes("|") ? 0 : 1;
  return (length) => 2 ** optional * length ** (variable + starts);
}

function matches(expression: RegExp, text: string): boolean {
  if (givenUp >= mostGivenUp) return false;
  context ??= createContext(constants.DONT_CONTEXTIFY) as typeof context & object;
  script ??= new Script("expression.test(text)");
  context.expression = expression;
  context.text = text;
  try {
    return script.runInContext(context, { timeout: longestMatch }) as boolean;
  } catch {
    if (givenUp === 0) setImmediate(() => (givenUp = 0));
    givenUp += 1;
    return false;
  } finally {
    context.text = "";
  }
}
