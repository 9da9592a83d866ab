import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { ContractDocument } from "./document.ts";
import { dereference } from "./reference.ts";

/** The path of every server URL of a document, its variables at their defaults: `/api/v2`. */
export function basePaths({ root }: ContractDocument): string[] {
  const holders = [root];
  for (const node of Object.values(objectAt(root, "paths"))) {
    const item = dereference(root, node);
    holders.push(item, ...Object.values(item).filter(isJsonObject));
  }
  return holders
    .flatMap(({ servers }) => (Array.isArray(servers) ? servers : []))
    .filter(isJsonObject)
    .map(({ url, variables }) => basePath(String(url), isJsonObject(variables) ? variables : {}))
    .filter((path) => path !== "");
}

function basePath(url: string, variables: JsonObject): string {
  const filled = url.replace(/\{([^{}]+)\}/g, (_, name: string) =>
    String(objectAt(variables, name).default ?? name),
  );
  if (!URL.canParse(filled, "http://localhost")) return "";
  return new URL(filled, "http://localhost").pathname.replace(/\/+$/, "");
}
