import { ApiError } from "./api-error.ts";
import { explainError } from "./explain-error.ts";
import { requestOf } from "./sent-request.ts";

/** What a method of the client resolves to. */
export interface CallResult {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** The data of a success; the other half of the union has an optional `data` and falls out. */
export type DataOf<Result> = Result extends { data: infer Data; error?: never } ? Data : never;

/**
 * The data of a call, or an exception.
 *
 * @example
 * const user = await unwrap(client.GET("/users/{id}", { params: { path: { id: "42" } } }));
 *
 * @param call What a method of the client returns.
 * @returns The body of the success; undefined for an empty one (204).
 * @throws ApiError The API answered with an error status.
 */
export function unwrap<Result extends CallResult>(call: Promise<Result>): Promise<DataOf<Result>> {
  return unwrapOr(
    call,
    (request, response, body) => new ApiError(request, response, body, explainError(response, body)),
  );
}

/**
 * The data of a call, or an error of one's own.
 *
 * @param call What a method of the client returns.
 * @param toError Makes the error of the request, its answer and the answer's body.
 * @throws What `toError` makes, where the API answered with an error status.
 */
export async function unwrapOr<Result extends CallResult>(
  call: Promise<Result>,
  toError: (request: Pick<Request, "method" | "url">, response: Response, body: unknown) => Error,
): Promise<DataOf<Result>> {
  const { data, error, response } = await call;
  // `error` is undefined for an error without a body, so only the status tells.
  if (!response.ok) throw toError(requestOf(response), response, error);
  return data as DataOf<Result>;
}
