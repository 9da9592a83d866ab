import { ApiError } from "./api-error.ts";
import { requestOf } from "./sent-request.ts";

/**
 * The data of a call, or an exception.
 *
 * @example
 * const method = await unwrap(client.GET("/users/{id}", { params: { path: { id: "auth0|5f7c" } } }));
 *
 * @param call What a method of the client returns.
 * @returns The body of the success; undefined for an empty one (204).
 * @throws {ApiError} The API answered with an error status.
 */
export async function unwrap<Data>(
  call: Promise<
    { data: Data; error?: never; response: Response } | { data?: never; error: unknown; response: Response }
  >,
): Promise<Data> {
  const { data, error, response } = await call;
  // `error` is undefined for an error without a body, so only the status tells.
  if (!response.ok) throw new ApiError(requestOf(response), response, error);
  return data as Data;
}
