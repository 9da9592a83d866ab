import { type Direction, forbiddenKeyword, forbiddenProperties, isForbidden } from "./direction.ts";
import { listsAlternative, readDiscriminator } from "./discriminator.ts";
import type { ContractDocument } from "./document.ts";
import { type DynamicScope, dynamicTarget, enterScope } from "./dynamic-scope.ts";
import { isObject, type JsonObject } from "./json.ts";
import { chain, composition, dereference, elements, type Located, members } from "./reference.ts";
import { faultOf, isPattern, keywordKind, rewriteVersion30, withNull } from "./schema-keywords.ts";
import { addParts, addTags, chooseBranch } from "./tagged-schema.ts";

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = JsonObject | boolean;

export interface DialectOptions {
  readonly document: ContractDocument;
  readonly direction: Direction;
  /**
   * What becomes of properties that do not belong in the direction. `mark`: they are marked with a keyword that
   * fails or tells (`readOnly: true`), and not looked at. `leave out`: they are not there.
   */
  readonly forbidden: "mark" | "leave out";
  /**
   * What becomes of alternatives with a `discriminator`. `choose`: only the branch that the tag names is looked at, so
   * that a violation is that branch's. `tag`: each branch demands its own tag. `as written`: the discriminator is a hint.
   */
  readonly discriminator: "choose" | "tag" | "as written";
  /** Formats that it does not know are told of and left out. */
  readonly knowsFormat?: (format: string) => boolean;
  /** Whether what only describes stays: defaults, examples, and keywords that nobody knows. */
  readonly keepsAnnotations: boolean;
  /** Gives what a reference leads to the reference under which its schema will be found. */
  readonly identify: (referenced: Located, context: Context) => string;
}

/** What a schema is part of. */
export interface Context {
  /** Properties that a schema composed of this one does not have in this direction. */
  readonly forbidden: readonly string[];
  /** The schemas that extend this one by `allOf`, by pointer. */
  readonly extendedBy: ReadonlySet<string>;
  /** What `$dynamicRef`s lead to: pointers by the name of a `$dynamicAnchor`. */
  readonly scope: DynamicScope;
}

export const alone: Context = { forbidden: [], extendedBy: new Set(), scope: new Map() };

/** A name for a schema in a context, where one is asked for. */
export function contextKey({ pointer }: Located, { forbidden, extendedBy, scope }: Context): string {
  return [pointer, ...forbidden, "|", ...extendedBy, ...[...scope].map((bound) => bound.join("="))].join(" ");
}

/** The same context, for what does not apply to the same value. */
function within({ scope }: Context): Context {
  return scope.size === 0 ? alone : { ...alone, scope };
}

const leftOut = new Set([
  "title",
  "description",
  "deprecated",
  "xml",
  "externalDocs",
  "discriminator",
  "nullable",
  "$comment",
  "$schema",
  "example",
]);

/**
 * Turns OpenAPI's Schema Objects, 3.0 to 3.2, into plain JSON Schema 2020-12 that says what a direction asks for.
 * What would go unchecked is told to the document.
 */
export class SchemaDialect {
  readonly #options: DialectOptions;
  readonly #isVersion30: boolean;

  constructor(options: DialectOptions) {
    this.#options = options;
    this.#isVersion30 = options.document.version === "3.0";
  }

  rewrite(schema: Located, context: Context = alone): JsonSchema {
    const { document, direction } = this.#options;
    if (typeof schema.value === "boolean") return schema.value;
    if (!isObject(schema.value)) {
      document.report(schema.pointer, `${schema.pointer} must be a schema.`);
      return {};
    }
    const source = schema as Located<JsonObject>;
    const { $ref, description, example, nullable } = source.value;
    const forbidden = [...context.forbidden, ...forbiddenProperties(document, source, direction)];
    const extendedBy = new Set([...context.extendedBy, source.pointer]);
    const scope = enterScope(document, source.pointer, context.scope);
    const discriminator =
      this.#options.discriminator === "choose" && !this.#recurs(source, context)
        ? readDiscriminator(document, source)
        : undefined;
    const rewritten: JsonObject = {};
    if (typeof description === "string" && !this.#options.keepsAnnotations)
      rewritten.description = description;
    for (const [keyword, value] of members(source)) {
      // In OpenAPI 3.0 what stands beside a $ref is ignored.
      if (this.#isVersion30 && $ref !== undefined && keyword !== "$ref") continue;
      if (keyword === discriminator?.keyword) continue;
      if (keyword === "oneOf" || keyword === "anyOf") {
        if (listsAlternative(document, source, keyword, context.extendedBy)) continue;
      }
      const made = this.#keyword(keyword, value, { forbidden, extendedBy, scope }, source);
      if (made !== undefined) rewritten[keyword] = made;
    }
    if (Array.isArray(rewritten.items)) {
      rewritten.prefixItems = rewritten.items;
      delete rewritten.items;
    }
    if (typeof rewritten.$dynamicRef === "string") {
      const led = { $ref: rewritten.$dynamicRef };
      delete rewritten.$dynamicRef;
      if (rewritten.$ref === undefined) Object.assign(rewritten, led);
      else addParts(rewritten, [led]);
    }
    if (example !== undefined && this.#options.keepsAnnotations) rewritten.examples = [example];
    if (discriminator !== undefined) {
      const branchContext = within({ ...alone, scope });
      addParts(
        rewritten,
        chooseBranch(discriminator, (branch) => this.rewrite(branch, branchContext)),
      );
    }
    if (this.#options.discriminator === "tag") addTags(document, source, rewritten);
    if (this.#isVersion30) rewriteVersion30(rewritten, source.value);
    return nullable === true ? this.#nullable(source, rewritten) : rewritten;
  }

  /** Whether the schema's alternatives are those that extend it here: a Cat is a Pet that is one of Cat and Dog. */
  #recurs(schema: Located<JsonObject>, { extendedBy }: Context): boolean {
    return (["oneOf", "anyOf"] as const).some((keyword) =>
      listsAlternative(this.#options.document, schema, keyword, extendedBy),
    );
  }

  #nullable({ pointer, value }: Located<JsonObject>, rewritten: JsonObject): JsonSchema {
    const { document } = this.#options;
    if (!this.#isVersion30) {
      document.report(
        pointer,
        `${pointer} uses "nullable", which OpenAPI 3.1 does not have: write "type: [..., 'null']".`,
      );
    }
    // As specified, 3.0 has nothing to say beside a $ref; it is meant all the same.
    if (document.isStrict && this.#isVersion30 && value.$ref !== undefined) return rewritten;
    return withNull(rewritten, document.isStrict);
  }

  /** `undefined`: the keyword asserts nothing. */
  #keyword(keyword: string, located: Located, context: Context, parent: Located<JsonObject>): unknown {
    const { document, direction, keepsAnnotations } = this.#options;
    const { value, pointer } = located;
    switch (keywordKind(keyword)) {
      case "reference":
        if (typeof value !== "string") return undefined;
        return this.#reference(
          keyword === "$dynamicRef" ? dynamicTarget(document, value, context.scope) : value,
          pointer,
          context,
        );
      case "schema":
        if (keyword === "items" && Array.isArray(value))
          return elements(located).map((each) => this.rewrite(each, within(context)));
        return this.rewrite(located, within(context));
      case "schema list": {
        const list = elements(located);
        if (list.length === 0) {
          if (!Array.isArray(value)) document.report(pointer, `${pointer} must be an array.`);
          return undefined;
        }
        return list.map((each) => this.rewrite(each, keyword === "allOf" ? context : within(context)));
      }
      case "schema map":
        if (!isObject(value)) {
          document.report(pointer, `${pointer} must be an object.`);
          return undefined;
        }
        if (keyword === "patternProperties") this.#patterns(Object.keys(value), pointer);
        return Object.fromEntries(
          members(located)
            .map(([name, each]) => [
              name,
              keyword === "properties"
                ? this.#property(each, within(context))
                : this.rewrite(each, within(context)),
            ])
            .filter(([, each]) => each !== undefined),
        );
      case "assertion":
        return this.#assertion(keyword, located, context, parent);
      case "annotation":
        if (keyword === "examples" && !Array.isArray(value)) return undefined;
        // What is marked is what does not belong here.
        if (keyword === forbiddenKeyword(direction)) return undefined;
        return keepsAnnotations && !leftOut.has(keyword) ? value : undefined;
      case "identifier":
        return undefined;
      default:
        if (keyword.startsWith("x-")) return undefined;
        document.report(
          pointer,
          `${pointer} is a keyword that nothing here checks: correct it, remove it, or put "x-" before it.`,
        );
        return keepsAnnotations ? value : undefined;
    }
  }

  #reference(reference: string, pointer: string, context: Context): string | undefined {
    const { document } = this.#options;
    let target: Located | undefined;
    for (const each of chain(document, { value: { $ref: reference }, pointer })) {
      target = each;
      // What stands beside a further reference counts, too.
      if (
        isObject(each.value) &&
        each.pointer !== pointer &&
        (Object.keys(each.value).length > 1 || !("$ref" in each.value))
      )
        break;
    }
    if (target === undefined || target.pointer === pointer || target.value === undefined) return undefined;
    if (typeof target.value !== "boolean" && !isObject(target.value)) return undefined;
    if (
      isObject(target.value) &&
      typeof target.value.$ref === "string" &&
      Object.keys(target.value).length === 1
    )
      return undefined;
    // A schema that is part of itself says nothing more.
    if (context.extendedBy.has(target.pointer)) return undefined;
    return this.#options.identify(target, {
      forbidden: context.forbidden.filter((name, index, names) => names.indexOf(name) === index),
      extendedBy: [...composition(document, target)].some(
        (part) => context.extendedBy.has(part.pointer) || this.#recurs(part, context),
      )
        ? context.extendedBy
        : alone.extendedBy,
      scope: context.scope,
    });
  }

  #assertion(
    keyword: string,
    { value, pointer }: Located,
    { forbidden }: Context,
    parent: Located<JsonObject>,
  ): unknown {
    const { document, knowsFormat } = this.#options;
    if (this.#isVersion30 && /^exclusive/.test(keyword) && typeof value === "boolean") return undefined;
    const fault = faultOf(keyword, value);
    if (fault !== undefined) {
      document.report(pointer, `${parent.pointer} is not a valid schema: ${fault}.`, true);
      return undefined;
    }
    if (keyword === "pattern") this.#patterns([String(value)], pointer);
    if (keyword === "format" && knowsFormat?.(String(value)) === false) {
      document.report(
        pointer,
        `${pointer} is "${value}", which nothing here checks: define it in "formats" or use a pattern.`,
      );
      return undefined;
    }
    return keyword === "required" ? (value as string[]).filter((name) => !forbidden.includes(name)) : value;
  }

  #patterns(patterns: readonly string[], pointer: string): void {
    if (patterns.every((pattern) => isPattern(pattern, "u"))) return;
    this.#options.document.report(
      pointer,
      `${pointer} is no regular expression in Unicode mode: leave out what escapes nothing, such as "\\-".`,
    );
  }

  #property(property: Located, context: Context): JsonSchema | undefined {
    const { document, direction, forbidden } = this.#options;
    if (!isForbidden(document, property, direction)) return this.rewrite(property, context);
    const keyword = forbiddenKeyword(direction);
    if (forbidden === "leave out") return undefined;
    const { description } = dereference(document, property).value;
    return { [keyword]: true, ...(typeof description === "string" ? { description } : {}) };
  }
}
