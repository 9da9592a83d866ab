import createReactQueryClient from "openapi-react-query";
import { expectTypeOf } from "vitest";
import {
  type AuthenticationMethod,
  type AuthenticationMethodPage,
  type CreatedAuthenticationMethod,
  type components,
  createClient,
  type ErrorCode,
  type ErrorEnvelope,
  listAll,
  type Middleware,
  type NestedAuthenticationMethod,
  type PreferredAuthenticationMethod,
  unwrap,
} from "../../client/src/index.ts";

const client = createClient({ baseUrl: "https://identity.example.com/api/v2" });
const path = { params: { path: { id: "auth0|5f7c" } } };

// Results narrow by their type.
const { data: method, error } = await client.GET(
  "/users/{id}/authentication-methods/{authentication_method_id}",
  { params: { path: { id: "auth0|5f7c", authentication_method_id: "phone|dev_1" } } },
);
if (method?.type === "phone") {
  expectTypeOf(method.phone_number).toEqualTypeOf<string>();
  // @ts-expect-error a phone has no secret
  method.totp_secret;
}
if (method?.type === "passkey") expectTypeOf(method.key_id).toEqualTypeOf<string>();
if (error) expectTypeOf(error).toEqualTypeOf<ErrorEnvelope>();

expectTypeOf(await unwrap(client.DELETE("/users/{id}", path))).toEqualTypeOf<undefined>();

// The secret is in the answer to a create, and nowhere else.
const created = await unwrap(
  client.POST("/users/{id}/authentication-methods", {
    ...path,
    body: { type: "totp", totp_secret: "JBSWY3DPEHPK3PXP" },
  }),
);
if (created.type === "totp") expectTypeOf(created.totp_secret).toEqualTypeOf<string>();
// @ts-expect-error the type has not been looked at
created.totp_secret;

for await (const listed of listAll(client, "auth0|5f7c")) {
  expectTypeOf(listed).toEqualTypeOf<AuthenticationMethod>();
  // @ts-expect-error a listed method never has its secret
  if (listed.type === "totp") listed.totp_secret;
}

// A list is a list, and a page where it is asked for.
const list = await client.GET("/users/{id}/authentication-methods", path);
expectTypeOf(list.data?.map(({ type }) => type)).toEqualTypeOf<AuthenticationMethod["type"][] | undefined>();
const query = { include_totals: true } as const;
const page = await client.GET("/users/{id}/authentication-methods", { params: { ...path.params, query } });
expectTypeOf(page.data?.total).toEqualTypeOf<number | undefined>();
const either = await client.GET("/users/{id}/authentication-methods", {
  params: { ...path.params, query: { include_totals: Math.random() > 2 } },
});
// @ts-expect-error it may be a page
either.data?.map(String);

// Every named schema of the contract is exported, and what has a name here is what the contract says.
expectTypeOf<NestedAuthenticationMethod["type"]>().toEqualTypeOf<PreferredAuthenticationMethod>();
type Contract = components["schemas"];
expectTypeOf<AuthenticationMethod>().toExtend<Contract["AuthenticationMethod"]>();
expectTypeOf<Contract["AuthenticationMethod"]>().toExtend<AuthenticationMethod>();
expectTypeOf<CreatedAuthenticationMethod>().toExtend<Contract["CreatedAuthenticationMethod"]>();
expectTypeOf<Contract["CreatedAuthenticationMethod"]>().toExtend<CreatedAuthenticationMethod>();
expectTypeOf<Contract["AuthenticationMethodPage"]>().toExtend<AuthenticationMethodPage>();

// Known codes are suggested, others are taken.
expectTypeOf<"user_exists">().toExtend<ErrorCode>();
expectTypeOf<string>().toExtend<ErrorCode>();

// Requests that the contract refuses do not compile.
client.POST("/users/{id}/authentication-methods", {
  ...path,
  // @ts-expect-error an email method needs its address
  body: { type: "email" },
});
client.POST("/users/{id}/authentication-methods", {
  ...path,
  // @ts-expect-error a phone has no e-mail address
  body: { type: "phone", phone_number: "+442071838750", email: "ada@example.com" },
});
// @ts-expect-error the user's id is missing
client.DELETE("/users/{id}/authentication-methods", {});
// @ts-expect-error there is no such path
client.GET("/user/{id}", path);
// @ts-expect-error a user cannot be patched
client.PATCH("/users/{id}", path);

// Only what makes sense can be configured.
// @ts-expect-error the base URL is missing
createClient({});
const incomplete = { tokenUrl: "https://a.example/token", clientId: "a", clientSecret: "b" };
// @ts-expect-error credentials without an audience
createClient({ baseUrl: "https://a.example/api/v2", token: incomplete });
createClient({ baseUrl: "https://a.example/api/v2", token: async () => "abc", retry: false, timeout: 5_000 });
createClient({
  baseUrl: "https://a.example/api/v2",
  credentials: "include",
  headers: { "x-tenant": "acme" },
});

// What others built for openapi-fetch takes this client.
const middleware: Middleware = { onRequest: ({ request }) => request.headers.set("x-trace", "1") };
client.use(middleware);
const $api = createReactQueryClient(client);
expectTypeOf(
  $api.queryOptions("get", "/users/{id}/authentication-methods/{authentication_method_id}", {
    params: { path: { id: "auth0|5f7c", authentication_method_id: "phone|dev_1" } },
  }).queryKey[1],
).toEqualTypeOf<"/users/{id}/authentication-methods/{authentication_method_id}">();
