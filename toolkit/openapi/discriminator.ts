import { ContractSetupError } from "./errors.ts";
import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asObject, asString, dereference, isObject, member, members, target } from "./reference.ts";

/** A `oneOf` or `anyOf` whose branch is chosen by the value of one property. */
export interface Discriminator {
  readonly keyword: "oneOf" | "anyOf";
  readonly property: string;
  /** Each tag's branch, as it stands in the list (a Reference Object, mostly). */
  readonly branches: ReadonlyMap<string, Located>;
  /** One of the alternatives is `null`. */
  readonly nullable: boolean;
}

/**
 * Reads the `discriminator` of a Schema Object that has alternatives. A branch's tags come from `mapping`, else from
 * its property's `const` or `enum`, else from the name of its schema (OpenAPI 3.1.1 §4.8.25).
 * Without `oneOf` and `anyOf` a discriminator is only a hint, and `undefined` is returned.
 */
export function readDiscriminator(
  document: OpenApiDocument,
  schema: Located<JsonObject>,
): Discriminator | undefined {
  const declared = member(schema, "discriminator");
  const keyword = schema.value.oneOf === undefined ? "anyOf" : "oneOf";
  const list = member(schema, keyword);
  if (declared === undefined || list === undefined) return undefined;
  const property = asString(
    member(asObject(declared), "propertyName") ?? {
      value: undefined,
      pointer: `${declared.pointer}/propertyName`,
    },
  );
  const alternatives = members(asArray(list)).map(([, branch]) => branch);
  const tagged = alternatives.filter((branch) => dereference(document, branch).value.type !== "null");
  const branches = new Map<string, Located>();
  const mapped = new Set<Located>();
  const mapping = member(asObject(declared), "mapping");
  for (const [tag, reference] of mapping === undefined ? [] : members(asObject(mapping))) {
    const branch = findBranch(document, reference, tagged);
    branches.set(tag, branch);
    mapped.add(branch);
  }
  for (const branch of tagged) {
    if (mapped.has(branch)) continue;
    for (const tag of tagsOf(document, branch, property)) {
      if (branches.has(tag)) {
        throw new ContractSetupError(
          `${declared.pointer} leads "${tag}" to two alternatives: map it to one.`,
        );
      }
      branches.set(tag, branch);
    }
  }
  return { keyword, property, branches, nullable: tagged.length < alternatives.length };
}

function findBranch(document: OpenApiDocument, reference: Located, branches: readonly Located[]): Located {
  const name = asString(reference);
  const pointer = name.startsWith("#") ? name : `#/components/schemas/${name}`;
  const wanted = target(document, { value: pointer, pointer: reference.pointer }).pointer;
  for (const branch of branches) {
    const ref = member(asObject(branch), "$ref");
    if (ref !== undefined && target(document, ref).pointer === wanted) return branch;
  }
  throw new ContractSetupError(
    `${reference.pointer} maps to ${pointer}, which is none of the alternatives: add it there.`,
  );
}

function tagsOf(document: OpenApiDocument, branch: Located, property: string): string[] {
  const declared = findProperty(document, branch, property);
  if (declared !== undefined) {
    const { const: value, enum: values } = declared.value;
    const tags = value === undefined ? values : [value];
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === "string")) return tags;
  }
  const ref = member(asObject(branch), "$ref");
  const name = ref === undefined ? undefined : asString(ref).split("/").at(-1);
  if (name !== undefined) return [decodeURIComponent(name)];
  throw new ContractSetupError(`${branch.pointer} has no tag: give its property "${property}" a const.`);
}

function findProperty(
  document: OpenApiDocument,
  schema: Located,
  name: string,
): Located<JsonObject> | undefined {
  const resolved = dereference(document, schema);
  const properties = member(resolved, "properties");
  const found = properties && isObject(properties.value) ? member(asObject(properties), name) : undefined;
  if (found !== undefined && isObject(found.value)) return dereference(document, found);
  const parts = member(resolved, "allOf");
  for (const [, part] of parts === undefined ? [] : members(asArray(parts))) {
    const inherited = findProperty(document, part, name);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}
