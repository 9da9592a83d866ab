import XMLBuilder from "fast-xml-builder";
import type { Coercions } from "./coercion.ts";
import { isObject } from "./json.ts";
import { fragmentTokens, type Located, referenceOf } from "./reference.ts";
import { type XmlNames, xmlNames } from "./xml-names.ts";

/** An element as `fast-xml-builder` takes it: its children under its name, its attributes under `:@`. */
type OrderedNode = Record<string, unknown>;

/** Prefixes that are bound where an element stands (Namespaces in XML 1.0 §5). */
type Scope = ReadonlySet<string>;

/** What an element holds. */
interface Content {
  readonly attributes: Record<string, string>;
  readonly children: OrderedNode[];
}

const textKey = "#text";
const attributesKey = ":@";
/** Of a value that no schema names, as Prism has it. */
const rootName = "xml";
const alwaysBound: Scope = new Set(["xml"]);

/**
 * Writes a value as its schema, if there is one, names elements, attributes, wrapped lists and namespaces. Well-formed whatever the names
 * and texts are: what XML does not allow in a name is written `_x0020_`, as .NET's XmlConvert does.
 */
export function writeXml(
  value: unknown,
  schema: Located | undefined,
  coercions: Coercions | undefined,
): string {
  const writing = new XmlWriting(coercions);
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  });
  return builder.build([writing.root(value, schema)]);
}

class XmlWriting {
  readonly #coercions: Coercions | undefined;

  constructor(coercions: Coercions | undefined) {
    this.#coercions = coercions;
  }

  root(value: unknown, schema: Located | undefined): OrderedNode {
    const names = xmlNames(this.#coercions?.document, schema, componentName(schema) ?? rootName);
    if (!Array.isArray(value)) return this.#element(value, schema, names, alwaysBound);
    const items = schema && this.#coercions?.itemSchema(schema);
    const content: Content = { attributes: {}, children: [] };
    const scope = declare(names, content, alwaysBound);
    this.#items(value, schema, componentName(items) ?? names.name, content, scope);
    return { [qualified(names, scope)]: content.children, [attributesKey]: content.attributes };
  }

  #element(value: unknown, schema: Located | undefined, names: XmlNames, outer: Scope): OrderedNode {
    const content: Content = { attributes: {}, children: [] };
    const scope = declare(names, content, outer);
    if (Array.isArray(value)) this.#items(value, schema, names.name, content, scope);
    else if (isObject(value)) this.#members(value, schema, content, scope);
    else if (value !== null && value !== undefined) content.children.push(text(value));
    return { [qualified(names, scope)]: content.children, [attributesKey]: content.attributes };
  }

  #members(value: object, schema: Located | undefined, content: Content, outer: Scope): void {
    const properties = schema && this.#coercions?.propertySchemas(schema);
    const members = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([name, each]) => {
        const property = properties?.get(name);
        return { key: name, each, property, names: xmlNames(this.#coercions?.document, property, name) };
      });
    let scope = outer;
    for (const { each, names } of members.filter(({ names, each }) => names.isAttribute && !isObject(each))) {
      scope = declare(names, content, scope);
      content.attributes[qualified(names, scope)] = characters([each ?? ""].flat().map(String).join(" "));
    }
    for (const { key, each, property, names } of members) {
      if (names.isAttribute && !isObject(each)) continue;
      if (names.isText && !isObject(each)) content.children.push(text(each ?? ""));
      // Without a wrapper it is the items' name that counts.
      else if (Array.isArray(each) && !names.isWrapped) this.#items(each, property, key, content, scope);
      else content.children.push(this.#element(each, property, names, scope));
    }
  }

  /** @param fallback what items without a name of their own are called */
  #items(
    values: readonly unknown[],
    list: Located | undefined,
    fallback: string,
    { children }: Content,
    scope: Scope,
  ): void {
    const items = list && this.#coercions?.itemSchema(list);
    const names = xmlNames(this.#coercions?.document, items, fallback);
    for (const each of values) children.push(this.#element(each, items, names, scope));
  }
}

/** Binds the namespace that an XML Object names, on the element that is written. */
function declare({ prefix, namespace, isAttribute }: XmlNames, { attributes }: Content, outer: Scope): Scope {
  if (namespace === undefined) return outer;
  // An attribute without prefix is in no namespace.
  if (prefix === undefined || !isName(prefix)) {
    if (!isAttribute) attributes.xmlns = characters(namespace);
    return outer;
  }
  attributes[`xmlns:${prefix}`] = characters(namespace);
  return new Set([...outer, prefix]);
}

/** A name with its prefix, where that is bound: an unbound one would make the document namespace-ill-formed. */
function qualified({ name, prefix }: XmlNames, scope: Scope): string {
  if (prefix !== undefined && scope.has(prefix)) return `${prefix}:${escapeName(name)}`;
  const [written, local] = name.split(/:(.*)/s);
  return written !== undefined && local !== undefined && scope.has(written)
    ? `${written}:${escapeName(local)}`
    : escapeName(name);
}

// NCName of Namespaces in XML 1.0 §3: NameStartChar and NameChar of XML 1.0 §2.3, without the colon.
const start =
  "A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}";
const noStart = new RegExp(`^[^${start}]`, "u");
const noPart = new RegExp(`[^${start}\\-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040]`, "gu");

function isName(text: string): boolean {
  return text !== "" && escapeName(text) === text;
}

function escapeName(name: string): string {
  if (name === "") return "_";
  const encoded = (one: string) =>
    `_x${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}_`;
  return name.replace(noPart, encoded).replace(noStart, encoded);
}

function text(value: unknown): OrderedNode {
  return { [textKey]: characters(String(value)) };
}

/** A text without what XML 1.0 has no character for (§2.2). */
function characters(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

/** The name of the component that a schema refers to, which is what its element is called (OpenAPI 3.2 §4.26). */
function componentName(schema: Located | undefined): string | undefined {
  const pointer = schema && (referenceOf(schema.value) ?? schema.pointer);
  const tokens = pointer === undefined ? [] : fragmentTokens(pointer);
  return tokens.length === 3 && tokens[0] === "components" ? tokens[2] : undefined;
}
