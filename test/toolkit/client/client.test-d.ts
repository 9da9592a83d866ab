import createReactQueryClient from "openapi-react-query";
import { expectTypeOf } from "vitest";
import { createClient, isApiError, unwrap } from "../../../toolkit/client/index.ts";
import type { operations, Problem, paths, Thing } from "./things.ts";

const client = createClient<paths>({ baseUrl: "https://api.example.com/v1" });

expectTypeOf(
  await unwrap(client.GET("/things/{id}", { params: { path: { id: "1" } } })),
).toEqualTypeOf<Thing>();
expectTypeOf((await client.GET("/reports", { parseAs: "blob" })).data).toEqualTypeOf<Blob | undefined>();
// @ts-expect-error there is no such path
client.GET("/thing");

// An error's body is what the contract gives its status.
const error: unknown = undefined;
if (isApiError<operations["createThing"]>(error)) {
  if (error.status === 404) expectTypeOf(error.body).toEqualTypeOf<Problem>();
  if (error.status === 409) expectTypeOf(error.body).toEqualTypeOf<{ existing: string }>();
  if (error.status === 422) expectTypeOf(error.body).toEqualTypeOf<{ message: string }>();
  if (error.status === 503) expectTypeOf(error.body).toEqualTypeOf<unknown>();
  // @ts-expect-error a success is no error
  if (error.status === 201) error.body;
}
if (isApiError<paths["/things/{id}"]["get"]>(error) && error.status === 500)
  expectTypeOf(error.body).toEqualTypeOf<{ code: number }>();
if (isApiError(error)) expectTypeOf(error.status).toEqualTypeOf<number>();

const $api = createReactQueryClient(client);
expectTypeOf(
  $api.queryOptions("get", "/things/{id}", { params: { path: { id: "1" } } }).queryKey[1],
).toEqualTypeOf<"/things/{id}">();
