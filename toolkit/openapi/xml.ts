import type { Coercions } from "./coercion.ts";
import { type JsonObject, objectAt } from "./json.ts";
import type { Located } from "./reference.ts";
import { MalformedText } from "./style.ts";
import { type XmlNames, xmlNames } from "./xml-names.ts";

/** What `fast-xml-parser` makes of an element: its children under its name, its attributes under `:@`. */
type OrderedNode = Readonly<Record<string, unknown>>;

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const textKey = "#text";
const attributesKey = ":@";
/** Elements within elements: more are nobody's meaning, and a long way for whoever looks at each. */
const deepest = 100;

/**
 * Reads a document as its schema names elements, attributes and wrapped lists, all values still text. Prefixes are not
 * looked at; a document type declaration is refused, since it may define entities.
 *
 * @throws MalformedText
 */
export async function readXml(
  text: string,
  schema: Located | undefined,
  coercions: Coercions,
): Promise<unknown> {
  const root = await parse(text);
  return schema === undefined ? untyped(root) : new XmlReading(coercions).value(root, schema);
}

async function parse(text: string): Promise<Element> {
  if (/<!DOCTYPE/i.test(text))
    throw new MalformedText("xml", "has a document type declaration, which is not read");
  const { XMLParser, XMLValidator } = await import("fast-xml-parser");
  const valid = XMLValidator.validate(text, { allowBooleanAttributes: false });
  if (valid !== true) throw new MalformedText("xml", "is not well-formed XML");
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    trimValues: true,
    maxNestedTags: deepest,
  });
  let nodes: OrderedNode[];
  try {
    nodes = parser.parse(text);
  } catch {
    throw new MalformedText("xml", `is XML that nests more than ${deepest} levels deep, or cannot be read`);
  }
  const [root] = nodes.flatMap(elementOf);
  if (root === undefined) throw new MalformedText("xml", "is not well-formed XML");
  return root;
}

function elementOf(node: OrderedNode): Element[] {
  const name = Object.keys(node).find((key) => key !== attributesKey);
  if (name === undefined || name === textKey) return [];
  const content = (node[name] ?? []) as OrderedNode[];
  return [
    {
      name,
      attributes: objectAt(node as JsonObject, attributesKey) as Record<string, string>,
      children: content.flatMap(elementOf),
      text: content.map((child) => (textKey in child ? String(child[textKey]) : "")).join(""),
    },
  ];
}

class XmlReading {
  readonly #coercions: Coercions;

  constructor(coercions: Coercions) {
    this.#coercions = coercions;
  }

  value(element: Element, schema: Located): unknown {
    const takes = this.#coercions.takes(schema);
    if (takes === "array") return element.children.map((child) => this.#item(child, schema));
    const properties = this.#coercions.propertySchemas(schema);
    if (takes !== "object" && properties.size === 0) {
      return element.children.length > 0 ? untyped(element) : element.text;
    }
    const known = new Set<string>();
    const found: JsonObject = {};
    for (const [name, property] of properties) {
      const xml = xmlNames(this.#coercions.document, property, name);
      const value = this.#property(element, property, name, xml, known);
      if (value !== undefined) found[name] = value;
    }
    const others = element.children.filter((child) => !known.has(child.name));
    for (const [name, group] of Map.groupBy(others, (child) => child.name)) {
      const values = group.map(untyped);
      found[name] = values.length === 1 ? values[0] : values;
    }
    return found;
  }

  #property(element: Element, schema: Located, property: string, xml: XmlNames, known: Set<string>): unknown {
    if (xml.isAttribute) return element.attributes[xml.name];
    if (xml.isText) return element.text;
    if (this.#coercions.takes(schema) !== "array") {
      known.add(xml.name);
      const child = element.children.find(({ name }) => name === xml.name);
      return child && this.value(child, schema);
    }
    if (xml.isWrapped) {
      known.add(xml.name);
      const wrapper = element.children.find(({ name }) => name === xml.name);
      return wrapper?.children.map((child) => this.#item(child, schema));
    }
    // Without a wrapper it is the items' name that counts.
    const items = this.#coercions.itemSchema(schema);
    const name = items === undefined ? property : xmlNames(this.#coercions.document, items, property).name;
    known.add(name);
    const own = element.children.filter((child) => child.name === name);
    return own.length === 0 ? undefined : own.map((child) => this.#item(child, schema));
  }

  #item(child: Element, list: Located): unknown {
    const items = this.#coercions.itemSchema(list);
    return items === undefined ? untyped(child) : this.value(child, items);
  }
}

/** An element that no schema describes: its text, or an object of its attributes and children. */
function untyped(element: Element): unknown {
  const attributes = Object.entries(element.attributes);
  if (element.children.length === 0 && attributes.length === 0) return element.text;
  const groups = Map.groupBy(element.children, ({ name }) => name);
  const children = [...groups].map(([name, group]) => {
    const values = group.map(untyped);
    return [name, values.length === 1 ? values[0] : values];
  });
  return Object.fromEntries([...attributes, ...children]);
}
