import { defaultPathSerializer } from "openapi-fetch";

/**
 * Fills in the parameters of a path in each of OpenAPI's styles, as the names in the template say.
 *
 * @returns The path; a parameter without a value stays a template.
 */
export function serializePath(path: string, values: Record<string, unknown>): string {
  const given = Object.entries(values).filter(([, value]) => `${value}`);
  return defaultPathSerializer(path, Object.fromEntries(given));
}

/** Fills in the parameters of a path that are plain values. */
export function serializePlainPath(path: string, values: Record<string, unknown>): string {
  return path.replace(
    /\{(\w+)\}/g,
    (template, name) => encodeURIComponent(`${values[name] ?? ""}`) || template,
  );
}

/**
 * Refuses a path that leads to another resource than the contract's: without a value it is shorter, and the platform
 * takes `..` and its encoded forms for a step up.
 *
 * @throws TypeError A parameter is missing, empty, or a step.
 */
export function refuseOtherPath(path: string): void {
  const wrong = /\{[^{}/]*\}|\/(\.|%2e){1,2}(?![^/])/i.exec(path);
  if (wrong) {
    const what = wrong[1]
      ? `would lead to another resource: "${wrong[0]}"`
      : `is missing or empty: ${wrong[0]}`;
    throw new TypeError(`a path parameter ${what}`);
  }
}
