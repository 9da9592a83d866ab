import { existsSync, readFileSync } from "node:fs";
import { literal, type SampleRequest } from "contract-first/docs";

/** Broader than any page, so that a value stands on several lines, as it does in the files. */
const broken = 200;

/**
 * The code for Auth0's SDK, from a folder of `<operationId>.ts`. A file shows the first example of its operation's
 * body; for the others that body is exchanged.
 *
 * @throws Error where the file does not hold that example
 */
export function auth0Sample(folder: URL, first: unknown, { operation, body }: SampleRequest) {
  const file = new URL(`${operation.id}.ts`, folder);
  if (!existsSync(file)) return undefined;
  const source = readFileSync(file, "utf8").trimEnd();
  if (body === undefined) return source;
  for (const indent of [0, 2]) {
    const shown = literal(first, indent, broken);
    if (source.includes(shown)) return source.replace(shown, () => literal(body.value, indent, broken));
  }
  throw new Error(`${file.pathname} does not hold the first example of ${operation.id}: ${literal(first)}`);
}
