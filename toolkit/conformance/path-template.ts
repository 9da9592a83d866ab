import type { Operation } from "../openapi/index.ts";
import { readText } from "./checks/text-value.ts";
import { validatorOf } from "./values/validator.ts";

/** `/users/{}/methods/{}`: paths of one shape are one, whatever their parameters are called (OpenAPI 3.1.1 §4.8.8). */
export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, "{}");
}

export function parameterNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

/**
 * The templates of the things that a path leads through, the innermost first: `/users/{}/methods/{}`, `/users/{}`. Half of
 * a segment is no thing: `/files/{}.{}` does not lead through `/files/{}`.
 */
export function itemShapes(path: string): string[] {
  const shape = shapeOf(path);
  const ends = [...shape.matchAll(/\{\}(?![^/]*\{)/g)].map((match) => match.index + 2);
  return ends.reverse().map((end) => shape.slice(0, end));
}

/**
 * Whether the contract allows a text as one of the values in an operation's path.
 *
 * @param index of the parameter, in the order of the path
 */
export function allowsInPath({ path, parameters }: Operation, index: number, text: string): boolean {
  const name = parameterNames(path)[index];
  const { schema, content } = parameters.path.find((each) => each.name === name) ?? {};
  if (schema === undefined) return true;
  const validator = validatorOf(schema);
  return validator.accepts(text) || (content === undefined && validator.accepts(readText(text, schema.json)));
}
