import { isObject, type JsonObject } from "../openapi/json.ts";
import { DocumentReader, text } from "./document.ts";
import type { Names } from "./names.ts";

export interface DocsOperation {
  /** Its page, without the extension. */
  readonly name: string;
  readonly id: string | undefined;
  readonly title: string;
  /** Upper-case. */
  readonly method: string;
  readonly path: string;
  readonly isWebhook: boolean;
  readonly isDeprecated: boolean;
  /** Parameter Objects, those of the path first. */
  readonly parameters: readonly JsonObject[];
  /** Alternatives of Security Requirement Objects. */
  readonly security: readonly JsonObject[];
  /** The Operation Object. */
  readonly value: JsonObject;
}

export interface DocsGroup {
  readonly title: string;
  readonly description: string | undefined;
  readonly operations: readonly DocsOperation[];
}

/** A document as its readers meet it: by tags. */
export interface DocsModel {
  readonly reader: DocumentReader;
  readonly title: string;
  readonly version: string | undefined;
  readonly summary: string | undefined;
  readonly description: string;
  /** The address of the first server, its variables at their defaults; `""` where there is none. */
  readonly baseUrl: string;
  readonly groups: readonly DocsGroup[];
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Reads what the pages show. Nothing is refused: what a document lacks is not on the page. */
export function readModel(root: JsonObject, names: Names): DocsModel {
  const reader = new DocumentReader(root);
  const info = reader.object(root.info);
  const operations = [
    ...operationsOf(reader, root.paths, names, false),
    ...operationsOf(reader, root.webhooks, names, true),
  ];
  return {
    reader,
    title: text(info, "title") ?? "API",
    version: text(info, "version"),
    summary: text(info, "summary"),
    description: text(info, "description") ?? "",
    baseUrl: baseUrlOf(reader),
    groups: groupsOf(reader, operations),
  };
}

function operationsOf(
  reader: DocumentReader,
  paths: unknown,
  names: Names,
  isWebhook: boolean,
): DocsOperation[] {
  return reader.entries(paths).flatMap(([path, item]) => {
    if (path.startsWith("x-")) return [];
    const own = Object.entries(item).filter(([method]) => methods.includes(method));
    const additional = Object.entries(reader.object(item.additionalOperations));
    return [...own, ...additional]
      .filter(([, each]) => isObject(each))
      .map(([method, each]) => {
        const value = reader.object(each);
        const id = text(value, "operationId");
        const parameters = new Map(
          [...reader.list(item.parameters), ...reader.list(value.parameters)].map((parameter) => [
            `${parameter.in} ${parameter.name}`,
            parameter,
          ]),
        );
        return {
          name: names.take(id ?? `${method} ${path}`),
          id,
          title: text(value, "summary") ?? id ?? `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          isWebhook,
          isDeprecated: value.deprecated === true,
          parameters: [...parameters.values()],
          security: reader.list(value.security ?? reader.root.security),
          value,
        };
      });
  });
}

function groupsOf(reader: DocumentReader, operations: readonly DocsOperation[]): DocsGroup[] {
  const byTag = Map.groupBy(operations, ({ value, isWebhook }) => {
    const [tag] = Array.isArray(value.tags) ? value.tags : [];
    return typeof tag === "string" ? tag : isWebhook ? "Webhooks" : "Operations";
  });
  const tags = new Map(reader.list(reader.root.tags).map((tag) => [String(tag.name), tag]));
  return [...new Set([...tags.keys(), ...byTag.keys()])].flatMap((name) => {
    const inTag = byTag.get(name);
    const tag = tags.get(name) ?? {};
    if (inTag === undefined) return [];
    const title = text(tag, "x-displayName") ?? text(tag, "summary") ?? name;
    return [{ title, description: text(tag, "description"), operations: inTag }];
  });
}

function baseUrlOf(reader: DocumentReader): string {
  const [server] = reader.list(reader.root.servers);
  if (server === undefined) return "";
  const variables = reader.object(server.variables);
  return String(server.url ?? "")
    .replace(/\{([^}]+)\}/g, (name, key) => String(reader.object(variables[key]).default ?? name))
    .replace(/\/$/, "");
}
