import { type Discriminator, tagsBy } from "./discriminator.ts";
import type { ContractDocument } from "./document.ts";
import { arrayAt, isObject, type JsonObject } from "./json.ts";
import { dereference, elements, type Located, member } from "./reference.ts";

/** Schemas that have to hold, too. */
export function addParts(rewritten: JsonObject, parts: readonly unknown[]): void {
  if (parts.length > 0) rewritten.allOf = [...arrayAt(rewritten, "allOf"), ...parts];
}

/**
 * Only the branch that the tag chooses is looked at, so that a violation is that branch's and not "none of five".
 * Ajv's own `discriminator` refuses `mapping` and branches composed with `allOf`.
 */
export function chooseBranch(
  { property, branches, nullable, fallback }: Discriminator,
  rewrite: (branch: Located) => unknown,
): JsonObject[] {
  const tagsByBranch = Map.groupBy(branches, ([, branch]) => branch);
  const hasTag = (tags: readonly string[]) => ({
    type: "object",
    required: [property],
    properties: { [property]: { enum: tags } },
  });
  const anyTag = hasTag([...branches.keys()]);
  const type = nullable ? ["object", "null"] : "object";
  return [
    fallback === undefined ? { ...anyTag, type } : { type },
    ...[...tagsByBranch].map(([branch, tagged]) => ({
      if: hasTag(tagged.map(([tag]) => tag)),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, not a thenable.
      then: rewrite(branch),
    })),
    ...(fallback === undefined
      ? []
      : [{ if: { anyOf: [{ type: "null" }, anyTag] }, else: rewrite(fallback) }]),
  ];
}

/** Each alternative, and each schema that extends one with a `discriminator`, carries its own tag. */
export function addTags(
  document: ContractDocument,
  schema: Located<JsonObject>,
  rewritten: JsonObject,
): void {
  const own = member(schema, "discriminator");
  for (const keyword of ["oneOf", "anyOf"]) {
    const branches = rewritten[keyword];
    if (own === undefined || !Array.isArray(branches)) continue;
    const written = elements(member(schema, keyword));
    rewritten[keyword] = branches.map((branch, index) => {
      const tagged = written[index] && tagSchema(own, tagsBy(document, own, written[index]));
      return tagged === undefined ? branch : { allOf: [branch, tagged] };
    });
  }
  const inherited = elements(member(schema, "allOf")).flatMap((part) => {
    const discriminator = member(dereference(document, part), "discriminator");
    return (discriminator && tagSchema(discriminator, tagsBy(document, discriminator, schema))) ?? [];
  });
  addParts(rewritten, inherited);
}

function tagSchema(discriminator: Located, tags: readonly string[]): JsonObject | undefined {
  const property = isObject(discriminator.value) ? discriminator.value.propertyName : undefined;
  if (typeof property !== "string" || tags.length === 0) return undefined;
  const [only, ...others] = tags;
  const tag = others.length === 0 ? { const: only } : { enum: tags };
  return { type: "object", properties: { [property]: tag }, required: [property] };
}
