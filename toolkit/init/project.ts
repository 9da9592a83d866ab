import { type ContractDocument, listOperations, type Operation, readOperation } from "../openapi/index.ts";
import { isObject, type JsonObject, objectAt } from "../openapi/json.ts";
import { camelCase, uniqueNames } from "./names.ts";

/** Operations that one file handles. */
export interface Group {
  /** Of its files, without their endings. */
  readonly file: string;
  /** Of its handlers. */
  readonly identifier: string;
  readonly title: string;
  readonly operations: readonly Operation[];
}

export interface Scheme {
  /** As the document names it. */
  readonly name: string;
  readonly file: string;
  readonly identifier: string;
  readonly definition: JsonObject;
}

/** What of a contract decides about the files of a project. */
export interface Project {
  readonly document: ContractDocument;
  readonly title: string;
  readonly groups: readonly Group[];
  /** Those that operations ask for. */
  readonly schemes: readonly Scheme[];
  /** Whether some operation lets anonymous callers in. */
  readonly hasAnonymous: boolean;
}

/** Groups a contract's operations by their first tag, or by the first part of their path. */
export function readProject(document: ContractDocument): Project {
  const operations = listOperations(document)
    .filter(({ method }) => method !== "trace" && method !== "connect")
    .map((entry) => readOperation(document, entry));
  const byTitle = Map.groupBy(operations, titleOf);
  const files = uniqueNames(byTitle.keys(), "operations");
  const definitions = new Map<string, JsonObject>();
  for (const { name, scheme } of operations.flatMap(({ security }) => security.flat()))
    if (scheme !== undefined) definitions.set(name, scheme);
  const schemeFiles = uniqueNames(definitions.keys(), "scheme");
  return {
    document,
    title: String(objectAt(document.root, "info").title ?? "API"),
    groups: [...byTitle].map(([title, own]) => {
      const file = files.get(title) ?? "operations";
      return { file, title, identifier: `${camelCase(file)}Handlers`, operations: own };
    }),
    schemes: [...definitions].map(([name, definition]) => {
      const file = schemeFiles.get(name) ?? "scheme";
      return { name, file, identifier: `check${camelCase(`-${file}`)}`.replaceAll("_", ""), definition };
    }),
    hasAnonymous: operations.some(
      ({ security }) => security.length === 0 || security.some((all) => all.length === 0),
    ),
  };
}

function titleOf({ path, document, pointer }: Operation): string {
  const { value } = document.at(pointer) ?? {};
  const [tag] = isObject(value) && Array.isArray(value.tags) ? value.tags : [];
  return typeof tag === "string" ? tag : (path.split("/").find((part) => /^\w/.test(part)) ?? "operations");
}
