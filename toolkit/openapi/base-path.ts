import type { ContractDocument } from "./document.ts";
import { arrayAt, isObject, type JsonObject, objectAt } from "./json.ts";
import { dereference, member, members } from "./reference.ts";

/** Paths made of one server's variables: more are left out. */
const mostPaths = 100;

/** The path of the first server's URL, its variables at their defaults; empty where the document names none. */
export function basePath(document: ContractDocument): string {
  const [server] = arrayAt(document.root, "servers");
  if (!isObject(server) || typeof server.url !== "string") return "";
  const [url = ""] = urlsOf(server);
  const path = serverPath(url);
  if (path === undefined) {
    document.report("#/servers/0/url", "#/servers/0/url is no URL: correct it or give a prefix.");
  }
  return path ?? "";
}

/** The path of every server URL of a document, its paths and its operations, with each value of their variables. */
export function basePaths(document: ContractDocument): string[] {
  const holders: JsonObject[] = [document.root];
  for (const [, item] of members(member({ value: document.root, pointer: "#" }, "paths"))) {
    const { value } = dereference(document, item);
    holders.push(value, ...Object.values(value).filter(isObject));
  }
  const paths = holders
    .flatMap((holder) => arrayAt(holder, "servers"))
    .filter(isObject)
    .flatMap(urlsOf)
    .map((url) => serverPath(url) ?? "");
  return [...new Set(paths)].filter((path) => path !== "");
}

/** A server's URL with its variables at their defaults, then with every other value that they may have. */
function urlsOf({ url, variables }: JsonObject): string[] {
  const declared = isObject(variables) ? variables : {};
  let urls = [""];
  for (const [index, part] of String(url)
    .split(/\{([^{}]*)\}/)
    .entries()) {
    const variable = objectAt(declared, part);
    const values = [
      variable.default ?? (Object.hasOwn(declared, part) ? "" : part),
      ...arrayAt(variable, "enum"),
    ].map(String);
    const texts = index % 2 === 0 ? [part] : [...new Set(values)];
    urls = urls.flatMap((begun) => texts.map((text) => begun + text)).slice(0, mostPaths);
  }
  return urls;
}

/** The path of a server's URL; `api.example.com/v1` has forgotten its scheme. Undefined where it is no URL. */
function serverPath(url: string): string | undefined {
  const isHost = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/|$)/.test(url) || /^localhost(?::\d+)?(?:\/|$)/.test(url);
  const parsed = URL.parse(isHost ? `http://${url}` : url, "http://localhost");
  return parsed?.pathname.replace(/\/+$/, "");
}
