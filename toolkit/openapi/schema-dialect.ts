import { type Direction, forbiddenKeyword, forbiddenProperties, isForbidden } from "./direction.ts";
import { type Discriminator, readDiscriminator } from "./discriminator.ts";
import { ContractSetupError } from "./errors.ts";
import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asObject, asString, dereference, isObject, members, target } from "./reference.ts";

export type JsonSchema = Record<string, unknown>;

const assertions = words(`
  type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
  maxItems minItems uniqueItems maxContains minContains maxProperties minProperties dependentRequired`);

/** `$defs` are only reached through `$ref`. */
const annotations = words(`
  title description default deprecated readOnly writeOnly example examples xml externalDocs discriminator nullable
  contentEncoding contentMediaType contentSchema $comment $schema $defs definitions`);

const applicators = words(`
  items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties`);
const applicatorLists = words("allOf anyOf oneOf prefixItems");
const applicatorMaps = words("patternProperties dependentSchemas");

export interface DialectOptions {
  readonly document: OpenApiDocument;
  readonly direction: Direction;
  readonly knowsFormat: (format: string) => boolean;
  /** Gives what a `$ref` refers to the identifier under which its schema will be found. */
  readonly identify: (referenced: Located) => string;
}

/** Turns OpenAPI's Schema Objects, 3.0 and 3.1, into plain JSON Schema 2020-12 that says what a direction asks for. */
export class SchemaDialect {
  readonly #options: DialectOptions;
  readonly #isVersion30: boolean;

  constructor(options: DialectOptions) {
    this.#options = options;
    this.#isVersion30 = options.document.openapi.startsWith("3.0");
  }

  /**
   * @param inherited properties that a schema composed of this one does not have in this direction
   * @throws ContractSetupError where the schema says something that would go unchecked
   */
  rewrite(located: Located, inherited: readonly string[] = []): JsonSchema | boolean {
    if (typeof located.value === "boolean") return located.value;
    if (!isObject(located.value)) throw new ContractSetupError(`${located.pointer} must be a schema.`);
    const { document, direction } = this.#options;
    const schema = asObject(located);
    const { $ref, description } = schema.value;
    if ($ref !== undefined) dereference(document, schema);
    const discriminator = readDiscriminator(document, schema);
    const forbidden = [...inherited, ...forbiddenProperties(document, schema, direction)];
    const rewritten: JsonSchema = typeof description === "string" ? { description } : {};
    for (const [keyword, value] of members(schema)) {
      // In OpenAPI 3.0 what stands beside a $ref is ignored.
      if (this.#isVersion30 && $ref !== undefined && keyword !== "$ref") continue;
      if (keyword === discriminator?.keyword) continue;
      const keywordRewritten = this.#rewriteKeyword(keyword, value, forbidden);
      if (keywordRewritten !== undefined) rewritten[keyword] = keywordRewritten;
    }
    if (this.#isVersion30) rewriteVersion30(rewritten, schema.value);
    else if (schema.value.nullable !== undefined) {
      throw new ContractSetupError(
        `${schema.pointer} uses "nullable", which OpenAPI 3.1 does not have: write "type: [..., 'null']".`,
      );
    }
    if (discriminator !== undefined) {
      rewritten.allOf = [...asList(rewritten.allOf), ...this.#rewriteDiscriminator(discriminator)];
    }
    return rewritten;
  }

  /** `undefined`: the keyword asserts nothing. */
  #rewriteKeyword(keyword: string, value: Located, forbidden: readonly string[]): unknown {
    if (keyword === "$ref") return this.#options.identify(target(this.#options.document, value));
    if (keyword === "required")
      return asArray(value).value.filter((name) => !forbidden.includes(String(name)));
    if (keyword === "format") return this.#rewriteFormat(value);
    if (keyword === "properties")
      return this.#rewriteMap(value, (property) => this.#rewriteProperty(property));
    if (assertions.has(keyword)) return value.value;
    if (applicators.has(keyword)) return this.rewrite(value);
    if (applicatorMaps.has(keyword)) return this.#rewriteMap(value, (each) => this.rewrite(each));
    if (applicatorLists.has(keyword)) {
      return members(asArray(value)).map(([, each]) =>
        this.rewrite(each, keyword === "allOf" ? forbidden : []),
      );
    }
    if (annotations.has(keyword) || keyword.startsWith("x-")) return undefined;
    throw new ContractSetupError(
      `${value.pointer} is a keyword that nothing here checks: correct it, remove it, or put "x-" before it.`,
    );
  }

  #rewriteMap(map: Located, rewrite: (each: Located) => unknown): JsonSchema {
    return Object.fromEntries(members(asObject(map)).map(([name, each]) => [name, rewrite(each)]));
  }

  #rewriteProperty(property: Located): JsonSchema | boolean {
    const { document, direction } = this.#options;
    if (!isForbidden(document, property, direction)) return this.rewrite(property);
    const { description } = dereference(document, property).value;
    return {
      [forbiddenKeyword(direction)]: true,
      ...(typeof description === "string" ? { description } : {}),
    };
  }

  #rewriteFormat(located: Located): string {
    const format = asString(located);
    if (this.#options.knowsFormat(format)) return format;
    throw new ContractSetupError(
      `${located.pointer} is "${format}", which nothing here checks: define it in "formats" or use a pattern.`,
    );
  }

  /**
   * Only the branch that the tag chooses is looked at, so that a violation is that branch's and not "none of five".
   * Ajv's own `discriminator` refuses `mapping` and branches composed with `allOf`.
   */
  #rewriteDiscriminator({ property, branches, nullable }: Discriminator): JsonSchema[] {
    const tagsByBranch = Map.groupBy(branches, ([, branch]) => branch);
    return [
      {
        type: nullable ? ["object", "null"] : "object",
        required: [property],
        properties: { [property]: { enum: [...branches.keys()] } },
      },
      ...[...tagsByBranch].map(([branch, tagged]) => ({
        if: { type: "object", properties: { [property]: { enum: tagged.map(([tag]) => tag) } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, not a thenable.
        then: this.rewrite(branch),
      })),
    ];
  }
}

/** What OpenAPI 3.0's dialect says otherwise than JSON Schema 2020-12. */
function rewriteVersion30(rewritten: JsonSchema, schema: JsonObject): void {
  if (schema.nullable === true && typeof rewritten.type === "string")
    rewritten.type = [rewritten.type, "null"];
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof rewritten[exclusive] !== "boolean") continue;
    if (rewritten[exclusive]) {
      rewritten[exclusive] = rewritten[limit];
      delete rewritten[limit];
    } else delete rewritten[exclusive];
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
