import { ContractSetupError } from "./errors.ts";
import type { OpenApiDocument } from "./reference.ts";
import { isObject } from "./reference.ts";

/** The path of the first server's URL, its variables at their defaults; empty where the document names none. */
export function basePath({ servers }: OpenApiDocument): string {
  const server: unknown = Array.isArray(servers) ? servers[0] : undefined;
  if (!isObject(server) || typeof server.url !== "string") return "";
  const variables = isObject(server.variables) ? server.variables : {};
  const url = server.url.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    const variable = variables[name];
    return isObject(variable) ? String(variable.default) : "";
  });
  const base = URL.parse(url, "http://localhost");
  if (base === null) throw new ContractSetupError(`#/servers/0/url is no URL: correct it or give a prefix.`);
  return base.pathname.replace(/\/+$/, "");
}
