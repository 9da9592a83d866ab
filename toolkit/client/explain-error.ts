/**
 * What an error body says for people, wherever it says it: `detail` and `title` of a problem (RFC 9457), `message`,
 * `error_description` (RFC 6749), also inside `error` or the first of `errors`; else its beginning.
 */
export function explainError({ statusText }: Response, body: unknown): string {
  const beginning = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
  return `${statusText} ${textOf(body) ?? beginning}`.trim().slice(0, 300);
}

function textOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { detail, message, error_description, title, error, errors } = body as Record<string, unknown>;
  const texts = [detail, message, error_description, title, error];
  const text = texts.find((value): value is string => typeof value === "string" && value !== "");
  return text ?? textOf(error) ?? (Array.isArray(errors) ? textOf(errors[0]) : undefined);
}
