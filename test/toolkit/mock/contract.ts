/** The smallest OpenAPI document around some paths: documents often lack all else. */
export function contract(
  paths: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): { paths: Record<string, unknown> } & Record<string, unknown> {
  return { openapi: "3.1.0", paths, ...rest };
}

/** A JSON response with a schema, an example, or both. */
export function json(content: Record<string, unknown>): Record<string, unknown> {
  return { description: "ok", content: { "application/json": content } };
}
