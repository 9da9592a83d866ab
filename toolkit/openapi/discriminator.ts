import type { ContractDocument } from "./document.ts";
import { isObject, type JsonObject } from "./json.ts";
import {
  composition,
  decodeFragment,
  dereference,
  elements,
  follow,
  type Located,
  member,
  members,
  pointerTokens,
} from "./reference.ts";

/** A `oneOf` or `anyOf` whose branch is chosen by the value of one property. */
export interface Discriminator {
  readonly keyword: "oneOf" | "anyOf";
  readonly property: string;
  /** Each tag's branch, as it stands in the list (a Reference Object, mostly). */
  readonly branches: ReadonlyMap<string, Located>;
  /** One of the alternatives is `null`. */
  readonly nullable: boolean;
  /** The branch for a tag that is missing or none of these (`defaultMapping`, OpenAPI 3.2). */
  readonly fallback: Located | undefined;
}

/**
 * Reads the `discriminator` of a Schema Object that has alternatives. A branch's tags come from `mapping`, else from
 * its property's `const` or `enum`, else from the name of its schema (OpenAPI 3.1.1 §4.8.25).
 * Without `oneOf` and `anyOf`, or where tags do not tell the alternatives apart, `undefined` is returned.
 */
export function readDiscriminator(
  document: ContractDocument,
  schema: Located<JsonObject>,
): Discriminator | undefined {
  const declared = member(schema, "discriminator");
  const keyword = schema.value.oneOf === undefined ? "anyOf" : "oneOf";
  const alternatives = elements(member(schema, keyword));
  if (!isObject(declared?.value) || alternatives.length === 0) return undefined;
  const property = declared.value.propertyName;
  const { pointer } = declared as Located;
  if (typeof property !== "string") {
    document.report(pointer, `${pointer}/propertyName must be a string.`);
    return undefined;
  }
  const tagged = alternatives.filter((branch) => dereference(document, branch).value.type !== "null");
  const branches = new Map<string, Located>();
  const mapped = new Set<Located>();
  let isSound = true;
  for (const [tag, reference] of members(member(declared as Located, "mapping"))) {
    const branch = findBranch(document, reference, tagged);
    if (branch === undefined) isSound = false;
    else {
      branches.set(tag, branch);
      mapped.add(branch);
    }
  }
  for (const branch of tagged) {
    if (mapped.has(branch)) continue;
    const tags = tagsOf(document, branch, property);
    if (tags.length === 0) {
      document.report(
        branch.pointer,
        `${branch.pointer} has no tag: give its property "${property}" a const.`,
      );
      isSound = false;
    }
    for (const tag of tags) {
      if (branches.has(tag)) {
        document.report(pointer, `${pointer} leads "${tag}" to two alternatives: map it to one.`);
        isSound = false;
      }
      branches.set(tag, branch);
    }
  }
  const named = member(declared as Located, "defaultMapping");
  const fallback = named && findBranch(document, named, tagged);
  if (named !== undefined && fallback === undefined) isSound = false;
  const nullable = tagged.length < alternatives.length;
  return isSound ? { keyword, property, branches, nullable, fallback } : undefined;
}

/**
 * The tags of a schema that is an alternative of, or extends, one with a `discriminator`.
 *
 * @param schema as it stands in the list, or the extending schema itself
 */
export function tagsBy(document: ContractDocument, discriminator: Located, schema: Located): string[] {
  const { propertyName, mapping } = isObject(discriminator.value) ? discriminator.value : {};
  if (typeof propertyName !== "string") return [];
  const { pointer } = follow(document, schema);
  const name = nameOf(pointer);
  const mapped = Object.entries(isObject(mapping) ? mapping : {}).filter(
    ([, target]) => target === pointer || target === name,
  );
  if (mapped.length > 0) return mapped.map(([tag]) => tag);
  return tagsOf(document, schema, propertyName);
}

function findBranch(
  document: ContractDocument,
  reference: Located,
  branches: readonly Located[],
): Located | undefined {
  const name = String(reference.value);
  const pointer = name.startsWith("#") ? name : `#/components/schemas/${name}`;
  const wanted = decodeFragment(pointer);
  const found = branches.find(
    ({ value }) => isObject(value) && decodeFragment(String(value.$ref)) === wanted,
  );
  if (found === undefined) {
    document.report(
      reference.pointer,
      `${reference.pointer} maps to ${pointer}, which is none of the alternatives: add it there.`,
    );
  }
  return found;
}

function tagsOf(document: ContractDocument, branch: Located, property: string): string[] {
  for (const part of composition(document, branch)) {
    const declared = member(part, "properties");
    const found = declared && member(declared, property);
    if (found === undefined) continue;
    const { const: value, enum: values } = dereference(document, found).value;
    const tags = value === undefined ? values : [value];
    if (Array.isArray(tags) && tags.length > 0 && tags.every((tag) => typeof tag === "string")) return tags;
  }
  const isNamed = isObject(branch.value) && typeof branch.value.$ref === "string";
  const { pointer } = follow(document, branch);
  return isNamed || isComponent(pointer) ? [nameOf(pointer)] : [];
}

function isComponent(pointer: string): boolean {
  return /^#\/components\/schemas\/[^/]+$/.test(pointer);
}

function nameOf(pointer: string): string {
  const last = pointerTokens(decodeFragment(pointer)).at(-1) ?? "";
  return last;
}

/** Whether a schema's alternatives include one of these (by pointer): one that extends it, and would never end. */
export function listsAlternative(
  document: ContractDocument,
  schema: Located,
  keyword: "oneOf" | "anyOf",
  pointers: ReadonlySet<string>,
): boolean {
  return elements(member(schema, keyword)).some((branch) => pointers.has(follow(document, branch).pointer));
}
