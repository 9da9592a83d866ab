import { type CallResult, type DataOf, unwrapOr } from "contract-first/client";
import { ApiError } from "./api-error.ts";

/**
 * The data of a call, or an exception.
 *
 * @example
 * const user = await unwrap(client.GET("/users/{id}", { params: { path: { id: "auth0|5f7c" } } }));
 *
 * @param call What a method of the client returns.
 * @returns The body of the success; undefined for an empty one (204).
 * @throws ApiError The API answered with an error status.
 */
export function unwrap<Result extends CallResult>(call: Promise<Result>): Promise<DataOf<Result>> {
  return unwrapOr(call, (request, response, body) => new ApiError(request, response, body));
}
