import type { ContractDocument } from "../openapi/document.ts";
import { isJson } from "../openapi/media-type.ts";
import type { Header, Operation } from "../openapi/operation.ts";
import { listOperations, readOperation } from "../openapi/read-operation.ts";
import { staticValue } from "./generation/generation.ts";
import { chooseResponse } from "./response/negotiation.ts";
import { serialize } from "./response/serialize.ts";
import { validatorOf } from "./schema/validator.ts";

/** An answer as a handler gives it. */
export interface DocumentedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * What the operations of a document answer by its examples, or by samples of its schemas: for handlers that have not
 * been written yet.
 *
 * @returns by operationId, or by `GET /path` where there is none; throws where there is no such operation
 */
export function documentedAnswers(document: ContractDocument): (id: string) => DocumentedAnswer {
  const operations = new Map(
    listOperations(document)
      .map((entry) => readOperation(document, entry))
      .map((operation) => [operation.id, operation]),
  );
  const answers = new Map<string, DocumentedAnswer>();
  return (id) => {
    const operation = operations.get(id);
    if (operation === undefined) throw new Error(`The contract has no operation "${id}".`);
    const answer = answers.get(id) ?? documentedAnswer(operation);
    answers.set(id, answer);
    return answer;
  };
}

function documentedAnswer(operation: Operation): DocumentedAnswer {
  const wish = { dynamic: false, lenient: false, accept: undefined };
  const { status, response, mediaType, content, example } = chooseResponse(operation, wish, () => undefined);
  const required = response.headers.filter((header) => header.required);
  const headers = Object.fromEntries(required.map((header) => [header.name, sampled(header)]));
  const answer = { status, ...(required.length > 0 && { headers }) };
  if (content === undefined || mediaType === undefined || [204, 205, 304].includes(status)) return answer;
  const value = sampled({ examples: example === undefined ? [] : [example], schema: content.schema });
  const body = isJson(mediaType) ? value : (serialize(value, mediaType, content.schema) ?? "");
  return { ...answer, body };
}

/** The first example where its schema takes it, else a sample. */
function sampled({
  examples,
  schema,
}: Pick<Header, "examples"> & { readonly schema?: Header["schema"] | undefined }): unknown {
  const [example] = examples;
  if (schema === undefined) return example?.value ?? "";
  const isRight = example?.value !== undefined && validatorOf(schema).accepts(example.value);
  return isRight ? example.value : staticValue(schema);
}
