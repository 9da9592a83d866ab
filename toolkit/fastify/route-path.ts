import type { Operation } from "../openapi/operation.ts";

/**
 * A path template as the router takes it: still a template, but of names and characters that are matched as they are.
 * Renames parameters that cannot be routed (`{pet-id}`: fastify-openapi-glue only knows word characters), and gives
 * those that letters follow an expression that ends there. Tells of templates that would match something else than
 * they say; those are not routed.
 */
export function routePath(operation: Operation): string | undefined {
  const { document, path, pointer } = operation;
  const parts = path.split(/\{([^{}]*)\}/);
  const named = parts.filter((_, index) => index % 2 === 1);
  const literals = parts.filter((_, index) => index % 2 === 0);
  const isRoutable =
    path.startsWith("/") &&
    literals.every((literal) => !/[{}*()?#]/.test(literal)) &&
    // Nothing says where one ends that another follows.
    literals.slice(1, -1).every((literal) => literal !== "");
  if (!isRoutable) {
    document.report(
      pointer,
      `${pointer}: "${path}" cannot be routed: let it start with a slash, and something stand between two {parameters}.`,
    );
    return undefined;
  }
  checkDeclared(named, operation);
  const names = new Map<string, string>();
  for (const name of named) names.set(name, unusedName(name, [...named, ...names.values()]));
  return parts
    .map((part, index) =>
      index % 2 === 1
        ? `{${names.get(part)}}${expression(parts[index + 1] ?? "", isLastInSegment(parts, index))}`
        : decodeURI(part).replaceAll(":", "::"),
    )
    .join("");
}

/** The router ends a parameter's name at a slash, a dash and a dot; before anything else it takes an expression. */
function expression(following: string, isLast: boolean): string {
  if (following === "" || /^[/.-]/.test(following)) return "";
  // Where more follows, the first character ends the parameter: nothing is ever tried twice.
  return isLast ? "(^.*)" : `(^[^${following[0]?.replace(/[\]\\^]/, "\\$&")}]*)`;
}

function isLastInSegment(parts: readonly string[], index: number): boolean {
  return index + 2 >= parts.length || (parts[index + 1] ?? "").includes("/");
}

function unusedName(name: string, taken: readonly string[]): string {
  if (/^\w+$/.test(name)) return name;
  let unused = name.replaceAll(/\W/g, "_");
  while (unused === "" || taken.includes(unused)) unused += "_";
  return unused;
}

function checkDeclared(named: readonly string[], { document, path, parameters, pointer }: Operation): void {
  const declared = parameters.path.map(({ name }) => name);
  const report = (sentence: string) => document.report(pointer, `${pointer}${sentence}`);
  for (const name of named) {
    if (!declared.includes(name))
      report(` does not declare the path parameter "${name}" of "${path}": declare it.`);
  }
  for (const name of declared) {
    if (!named.includes(name))
      report(` declares the path parameter "${name}", which "${path}" lacks: correct one.`);
  }
  if (new Set(named).size < named.length) report(`: "${path}" names a parameter twice: rename one.`);
}
