import { isObject, type JsonObject } from "../openapi/index.ts";

/** A file of a contract, by its path within the contract's folder, and what it holds. */
export type ContractFiles = ReadonlyMap<string, unknown>;

const root = "openapi.yaml";

/**
 * Splits a document into a file for each path, webhook and component, beside its `openapi.yaml`. Redocly CLI's `split`
 * does the same, but does not come to an end within minutes on contracts of a thousand operations.
 */
export function splitDocument(document: JsonObject): ContractFiles {
  const files = new Map<string, unknown>();
  const names = fileNames(document);
  const kept: JsonObject = {};
  for (const [field, value] of Object.entries(document)) {
    if ((field === "paths" || field === "webhooks") && isObject(value)) {
      kept[field] = Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, moved(`#/${field}/${token(name)}`, item)]),
      );
    } else if (field === "components" && isObject(value)) {
      kept.components = Object.fromEntries(
        Object.entries(value).map(([section, entries]) => [section, components(section, entries)]),
      );
    } else kept[field] = written(value, root);
  }
  return new Map([[root, kept], ...files]);

  function components(section: string, entries: unknown): unknown {
    if (!isObject(entries) || section === "securitySchemes" || section.startsWith("x-"))
      return written(entries, root);
    return Object.fromEntries(
      Object.entries(entries).map(([name, value]) => [
        name,
        moved(`#/components/${section}/${token(name)}`, value),
      ]),
    );
  }

  function moved(pointer: string, value: unknown): unknown {
    const file = names.get(pointer);
    // A reference stays where it is: behind another one some tools do not follow it.
    if (file === undefined || !isObject(value) || "$ref" in value) return written(value, root);
    files.set(file, written(value, file));
    return { $ref: file };
  }

  /** With its references leading from `file` to where their targets have gone. */
  function written(value: unknown, file: string): unknown {
    if (Array.isArray(value)) return value.map((item) => written(item, file));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        if (key === "$ref" && typeof each === "string") return [key, reference(each, file)];
        if (key === "mapping" && isObject(each)) {
          const targets = Object.entries(each).map(([tag, target]) => [tag, reference(String(target), file)]);
          return [key, Object.fromEntries(targets)];
        }
        return [key, written(each, file)];
      }),
    );
  }

  function reference(target: string, from: string): string {
    if (!target.startsWith("#")) return target;
    const [, head = "", rest = ""] =
      /^(#(?:\/(?:paths|webhooks)\/[^/]+|\/components\/[^/]+\/[^/]+))(.*)$/.exec(target) ?? [target];
    const to = names.get(head);
    if (to === undefined) return from === root ? target : `${up(from)}${root}${target}`;
    return `${from === root ? "" : up(from)}${to}${rest === "" ? "" : `#${rest}`}`;
  }
}

/** The file of each path, webhook and component that is no reference itself, by its pointer. */
function fileNames(document: JsonObject): Map<string, string> {
  const names = new Map<string, string>();
  // Some file systems take names that differ in their case for one.
  const taken = new Set<string>();
  const add = (pointer: string, folder: string, name: string, value: unknown) => {
    if (!isObject(value) || "$ref" in value) return;
    const base = name.replaceAll(/[^\w{}.-]+/g, "_").replaceAll(/^[_.]+|_+$/g, "") || "root";
    let file = `${folder}/${base}`;
    for (let count = 2; taken.has(file.toLowerCase()); count += 1) file = `${folder}/${base}-${count}`;
    taken.add(file.toLowerCase());
    names.set(pointer, `${file}.yaml`);
  };
  for (const field of ["paths", "webhooks"]) {
    const items = document[field];
    if (!isObject(items)) continue;
    for (const [name, item] of Object.entries(items)) add(`#/${field}/${token(name)}`, field, name, item);
  }
  const sections = isObject(document.components) ? document.components : {};
  for (const [section, entries] of Object.entries(sections)) {
    if (!isObject(entries) || section === "securitySchemes" || section.startsWith("x-")) continue;
    for (const [name, value] of Object.entries(entries))
      add(`#/components/${section}/${token(name)}`, `components/${section}`, name, value);
  }
  return names;
}

/** A name as a part of a JSON Pointer (RFC 6901). */
function token(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function up(file: string): string {
  return "../".repeat(file.split("/").length - 1);
}
