import { requestOf } from "contract-first/client";
import { ApiError } from "./api-error.ts";

/** What a method of the client resolves to. */
interface CallResult {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** The data of a success; the other half of the union has an optional `data` and falls out. */
type DataOf<Result> = Result extends { data: infer Data; error?: never } ? Data : never;

/**
 * The data of a call, or an exception.
 *
 * @example
 * const user = await unwrap(client.GET("/users/{id}", { params: { path: { id: "auth0|5f7c" } } }));
 *
 * @param call What a method of the client returns.
 * @returns The body of the success; undefined for an empty one (204).
 * @throws {ApiError} The API answered with an error status.
 */
export async function unwrap<Result extends CallResult>(call: Promise<Result>): Promise<DataOf<Result>> {
  const { data, error, response } = await call;
  // `error` is undefined for an error without a body, so only the status tells.
  if (!response.ok) throw new ApiError(requestOf(response), response, error);
  return data as DataOf<Result>;
}
