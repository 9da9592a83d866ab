import type { ContractDocument } from "./document.ts";
import { isObject } from "./json.ts";
import { chain, type Located, member } from "./reference.ts";

/** What an XML Object says of a schema's values (OpenAPI 3.1.1 §4.8.26, 3.2 §4.26). */
export interface XmlNames {
  readonly name: string;
  readonly isAttribute: boolean;
  /** Of a list: whether an element holds its items. */
  readonly isWrapped: boolean;
  /** The text of the element that holds it, rather than an element of its own. */
  readonly isText: boolean;
  readonly prefix: string | undefined;
  readonly namespace: string | undefined;
}

/** Reads the XML Object of a schema, or of what it refers to. */
export function xmlNames(
  document: ContractDocument | undefined,
  schema: Located | undefined,
  fallback: string,
): XmlNames {
  const xml = document === undefined || schema === undefined ? {} : xmlObject(document, schema);
  const text = (field: string) => (typeof xml[field] === "string" ? (xml[field] as string) : undefined);
  return {
    name: text("name") ?? fallback,
    isAttribute: xml.attribute === true || xml.nodeType === "attribute",
    isWrapped: xml.wrapped === true || xml.nodeType === "element",
    isText: xml.nodeType === "text" || xml.nodeType === "cdata",
    prefix: text("prefix"),
    namespace: text("namespace"),
  };
}

function xmlObject(document: ContractDocument, schema: Located): Readonly<Record<string, unknown>> {
  for (const part of chain(document, schema)) {
    const xml = isObject(part.value) ? member(part, "xml")?.value : undefined;
    if (isObject(xml)) return xml;
  }
  return {};
}
