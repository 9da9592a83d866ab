import { ContractSetupError } from "../openapi/errors.ts";
import type { Operation } from "../openapi/operation.ts";

/** A path template as the router takes it. */
export interface RoutePath {
  /** Still a template, `/pets/{pet_id}`, but of names and characters that the router matches as they are. */
  readonly template: string;
  /** The router's name of each of the contract's path parameters. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Renames parameters that cannot be routed (`{pet-id}`: fastify-openapi-glue only knows word characters) and
 * refuses templates that would match something else than they say.
 * @throws ContractSetupError
 */
export function routePath({ path, parameters, pointer }: Operation): RoutePath {
  const parts = path.split(/\{([^{}]*)\}/);
  const named = parts.filter((_, index) => index % 2 === 1);
  const literals = parts.filter((_, index) => index % 2 === 0);
  const isRoutable =
    path.startsWith("/") &&
    literals.every((literal) => !/[{}*()?#]/.test(literal)) &&
    // The router ends a parameter's name at these characters only.
    literals
      .slice(1)
      .every((literal, index) => /^[/.-]/.test(literal) || (literal === "" && index === named.length - 1));
  if (!isRoutable) {
    throw new ContractSetupError(
      `${pointer}: "${path}" cannot be routed: let it start with a slash, and "/", "-" or "." follow each {parameter}.`,
    );
  }
  checkDeclared(named, { path, parameters, pointer });
  const names = new Map<string, string>();
  for (const name of named) names.set(name, unusedName(name, [...named, ...names.values()]));
  const template = parts
    .map((part, index) => (index % 2 === 1 ? `{${names.get(part)}}` : decodeURI(part).replaceAll(":", "::")))
    .join("");
  return { template, names };
}

function unusedName(name: string, taken: readonly string[]): string {
  if (/^\w+$/.test(name)) return name;
  let unused = name.replaceAll(/\W/g, "_");
  while (unused === "" || taken.includes(unused)) unused += "_";
  return unused;
}

function checkDeclared(
  named: readonly string[],
  { path, parameters, pointer }: Pick<Operation, "path" | "parameters" | "pointer">,
) {
  const declared = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  for (const name of named) {
    if (!declared.includes(name)) {
      throw new ContractSetupError(
        `${pointer} does not declare the path parameter "${name}" of "${path}": declare it.`,
      );
    }
  }
  for (const name of declared) {
    if (!named.includes(name)) {
      throw new ContractSetupError(
        `${pointer} declares the path parameter "${name}", which "${path}" lacks: correct one.`,
      );
    }
  }
  if (new Set(named).size < named.length) {
    throw new ContractSetupError(`${pointer}: "${path}" names a parameter twice: rename one.`);
  }
}
