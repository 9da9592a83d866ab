import { combineHandlers } from "../../../toolkit/fastify/combine-handlers.ts";
import { glueHandlers } from "../../../toolkit/fastify/glue-handler.ts";
import type { Context, Handler, Handlers, Input, Output } from "../../../toolkit/fastify/handler.ts";
import { registerContract } from "../../../toolkit/fastify/register.ts";
import type { operations } from "../../fixtures/typed-operations.d.ts";

/** Compiles only where both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_ extends true>() => {};

type Replace = operations["replacePet"];
type Create = operations["createPet"];
type Delete = operations["deletePets"];
interface Caller {
  readonly id: string;
}

// The input has the contract's types.
same<Same<Input<Replace>["params"]["pet-id"], number>>();
same<Same<Input<Replace>["query"]["page"], number | undefined>>();
same<Same<Input<Replace>["query"]["sort"], "up" | "down">>();
same<Same<Input<Replace>["headers"]["x-tenant"], string>>();
same<Same<Input<Replace>["cookies"]["session"], string | undefined>>();
same<Same<Input<Replace>["body"], { name: string; age?: number } | string>>();
same<Same<Input<Create>["body"], { name: string; age?: number } | undefined>>();
same<Same<Input<Delete>["body"], undefined>>();
same<Same<Context<Caller>["principal"], Caller>>();

declare const input: Input<Replace>;
// @ts-expect-error a parameter that the contract does not declare
input.params.id;
// @ts-expect-error a wrong type of a path parameter
const id: string = input.params["pet-id"];
// @ts-expect-error a wrong type of the body
const body: { name: number } = input.body;
// @ts-expect-error a header by the contract's spelling: Fastify lower-cases names
input.headers["X-Tenant"];
// @ts-expect-error an operation without query parameters
const page: number = ({} as Input<Create>).query.page;
// @ts-expect-error a body that is not required may be absent
const name: string = ({} as Input<Create>).body.name;
void [id, body, page, name];

// The output is one of the documented answers.
const headers = { Location: "/pets/1" };
const answers: Output<Replace>[] = [
  { status: 200, headers, body: { name: "Tom" } },
  { status: 200, headers: { ...headers, "X-Count": 1 }, body: { name: "Tom", age: 3 } },
  { status: 204 },
  { status: 404, body: null },
  { status: 409, body: { message: "taken" } },
  { status: 503, body: "later" },
];
void answers;

const statuses: Output<Create>[] = [
  { status: 201, body: { name: "Tom" } },
  { status: 201, headers: { "X-Count": 1 }, body: { name: "Tom" } },
  // @ts-expect-error an undocumented status
  { status: 200, body: { name: "Tom" } },
  // @ts-expect-error no status
  { body: { name: "Tom" } },
  // @ts-expect-error no body
  { status: 201 },
  // @ts-expect-error a missing required field
  { status: 201, body: { age: 3 } },
  // @ts-expect-error a wrong type of a field
  { status: 201, body: { name: 3 } },
  // @ts-expect-error an undocumented field
  { status: 201, body: { name: "Tom", color: "red" } },
  // @ts-expect-error an undocumented header
  { status: 201, headers: { Location: "/" }, body: { name: "Tom" } },
  // @ts-expect-error a wrong type of a header
  { status: 201, headers: { "X-Count": "many" }, body: { name: "Tom" } },
];
void statuses;

const ranges: Output<Replace>[] = [
  // Whether a required header is there is only known when the answer is sent: a hook may have set it.
  { status: 200, body: { name: "Tom" } },
  // @ts-expect-error a body where none is documented
  { status: 204, body: { name: "Tom" } },
  // @ts-expect-error 404 has a response of its own: not that of its range
  { status: 404, body: { message: "unknown" } },
  // @ts-expect-error a status of a range has the range's response: not the default one
  { status: 409, body: "taken" },
  // @ts-expect-error a status that no one has registered
  { status: 299, body: "?" },
];
void ranges;

// Handlers: one for every operation.
const replacePet: Handler<Replace, Caller> = ({ params, body: sent }, { principal, request }) => {
  request.log.info(principal.id);
  const { name: given } = typeof sent === "string" ? { name: sent } : sent;
  return { status: 200, headers: { Location: `/pets/${params["pet-id"]}` }, body: { name: given } };
};
const createPet: Handler<Create, Caller> = async () => ({ status: 201, body: { name: "Tom" } });
const deletePets: Handler<Delete, Caller> = () => ({ status: 204 });

const complete: Handlers<operations, Caller> = { replacePet, createPet, deletePets };
// @ts-expect-error a missing handler
const missing: Handlers<operations, Caller> = { replacePet, createPet };
// @ts-expect-error a handler for no operation
const surplus: Handlers<operations, Caller> = { ...complete, listPets: deletePets };
// @ts-expect-error a handler of another operation
const mistaken: Handlers<operations, Caller> = { replacePet, createPet: deletePets, deletePets };
// @ts-expect-error an undocumented status from an asynchronous handler
const asynchronous: Handler<Create, Caller> = async () => ({ status: 200, body: { name: "Tom" } });
void [missing, surplus, mistaken, asynchronous];

// Of several objects one is made that still has to have every handler.
const combined: Handlers<operations, Caller> = combineHandlers({ replacePet }, { createPet, deletePets });
// @ts-expect-error a handler that none of the objects has
const incomplete: Handlers<operations, Caller> = combineHandlers({ replacePet }, { createPet });
// @ts-expect-error a handler of another operation
const confused: Handlers<operations, Caller> = combineHandlers(
  { replacePet, createPet },
  { deletePets: createPet },
);
void [combined, incomplete, confused];

declare const app: Parameters<typeof registerContract>[0];
declare const document: { openapi: string };
// The principal is what the security handlers return.
void registerContract<operations, Caller>(app, {
  document,
  handlers: complete,
  securityHandlers: { bearer: () => ({ id: "1" }), key: async () => ({ id: "2" }) },
});
void registerContract<operations, Caller>(app, {
  document,
  handlers: complete,
  // @ts-expect-error a security handler that returns something else
  securityHandlers: { bearer: () => "1" },
});

// Handlers of fastify-openapi-glue stand in, one by one.
declare const service: { createPet(): Promise<object>; deletePets(): void; helper(): string; name: string };
const mixed: Handlers<operations, Caller> = { ...glueHandlers(service), replacePet };
// @ts-expect-error a handler that neither has
const halfMixed: Handlers<operations, Caller> = glueHandlers(service);
void [mixed, halfMixed];
