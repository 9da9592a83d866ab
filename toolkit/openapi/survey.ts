import type { ContractDocument } from "./document.ts";
import type { Problem } from "./errors.ts";
import type { Content, Operation } from "./operation.ts";
import { listOperations, readOperation } from "./read-operation.ts";
import type { Located } from "./reference.ts";
import { SchemaDialect } from "./schema-dialect.ts";

/**
 * Reads all of a document's operations and schemas once, so that what is wrong with them is told before it is met.
 *
 * @param most schemas looked at: a document of many megabytes must not hold up a start
 * @returns what of the document goes unchecked
 */
export function surveyDocument(
  document: ContractDocument,
  most = Number.POSITIVE_INFINITY,
): readonly Problem[] {
  const known = new Set<string>();
  const pending: Located[] = [];
  // The direction decides what is forbidden, not what is wrong.
  const dialect = new SchemaDialect({
    ...{
      document,
      direction: "request",
      keepsAnnotations: true,
      forbidden: "leave out",
      discriminator: "as written",
    },
    identify(referenced) {
      if (!known.has(referenced.pointer)) pending.push(referenced);
      known.add(referenced.pointer);
      return "#";
    },
  });
  let looked = 0;
  for (const entry of listOperations(document)) {
    if (looked > most) break;
    pending.push(...schemasOf(readOperation(document, entry)));
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      looked += 1;
      dialect.rewrite(next);
    }
  }
  return document.problems.filter(({ isUnchecked }) => isUnchecked);
}

function schemasOf({ parameters, requestBody, responses }: Operation): Located[] {
  const ofContents = (contents: readonly Content[]) => contents.flatMap(({ schema }) => schema ?? []);
  return [
    ...Object.values(parameters).flatMap((place) => place.flatMap(({ schema }) => schema ?? [])),
    ...ofContents(requestBody?.contents ?? []),
    ...responses.flatMap(({ contents, headers }) => [
      ...ofContents(contents),
      ...headers.flatMap(({ schema }) => schema ?? []),
    ]),
  ];
}
