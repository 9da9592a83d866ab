import { setupError } from "../openapi/errors.ts";

/** All of them together: what one lacks another has. */
type Intersection<Part> = (Part extends object ? (part: Part) => void : never) extends (
  whole: infer Whole,
) => void
  ? Whole
  : never;

/**
 * The handlers of a contract that live in several objects, such as one for each tag. Unlike objects that are spread into
 * one, none hides a handler of another; to replace some on purpose, spread them.
 *
 * @example
 * registerContract<ServedOperations, Principal>(app, { handlers: combineHandlers(tasksHandlers, notesHandlers), … });
 * @throws ContractSetupError where several of them handle one operation: it names all of these
 */
export function combineHandlers<Parts extends readonly object[]>(
  ...parts: Parts
): object & Intersection<Parts[number]> {
  const handlers = new Map<string, unknown>();
  const repeated = new Set<string>();
  for (const [id, handler] of parts.flatMap((part) => Object.entries(part))) {
    if (handlers.has(id)) repeated.add(id);
    handlers.set(id, handler);
  }
  if (repeated.size > 0) {
    const problems = [...repeated].map((id) => ({
      pointer: "#/paths",
      message: `The operation "${id}" is handled in several of the objects: leave it in one.`,
    }));
    throw setupError(problems);
  }
  return Object.fromEntries(handlers) as object & Intersection<Parts[number]>;
}
