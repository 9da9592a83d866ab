import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import contract from "../../generated/openapi.json" with { type: "json" };
import { TypeCheck } from "./type-check.ts";

// biome-ignore lint/suspicious/noExplicitAny: a mutation may take away what the type says is there
type Contract = any;
type Mutation = (contract: Contract) => void;

const check = new TypeCheck();
afterAll(() => rm(check.folder, { recursive: true }));

const operation = (of: Contract, method: string, path: string) => of.paths[`/users${path}`][method];
const methods = "/{id}/authentication-methods";
const oneMethod = `${methods}/{authentication_method_id}`;

function rename(object: Contract, from: string, to: string): void {
  object[to] = object[from];
  delete object[from];
}

function renameProperty(schema: Contract, from: string, to: string): void {
  rename(schema.properties, from, to);
  schema.required = schema.required?.map((name: string) => (name === from ? to : name));
}

const breaking: Readonly<Record<string, Mutation>> = {
  "a property of an answer is renamed": ({ components: { schemas } }) => {
    renameProperty(schemas.User, "created_at", "createdAt");
  },
  "a property of one alternative of an answer is renamed": ({ components: { schemas } }) => {
    renameProperty(schemas.EmailAuthenticationMethod, "email", "address");
  },
  "a property of a request is renamed": ({ components: { schemas } }) => {
    renameProperty(schemas.CreateTotpRequest, "totp_secret", "secret");
  },
  "a property of a request is removed": ({ components: { schemas } }) => {
    delete schemas.CreateUserRequest.properties.email;
  },
  "a property of an answer is removed": ({ components: { schemas } }) => {
    delete schemas.AuthenticationMethodPage.properties.authenticators;
    schemas.AuthenticationMethodPage.required.shift();
  },
  "a body comes as bytes, too, which reach the handler as a stream": (of) => {
    const { content } = operation(of, "post", "").requestBody;
    content["application/cbor"] = content["application/json"];
  },
  "a success is dropped": (of) => {
    delete operation(of, "delete", "/{id}").responses[204];
  },
  "an error is dropped": (of) => {
    delete operation(of, "get", "/{id}").responses[404];
  },
  "a conflict is dropped": (of) => {
    delete operation(of, "post", "").responses[409];
  },
  "a status is replaced": (of) => {
    rename(operation(of, "post", "").responses, "201", "200");
  },
  "the type of an answer's property changes": ({ components: { schemas } }) => {
    schemas.User.properties.created_at = { type: "integer" };
  },
  "the type of a request's property changes": ({ components: { schemas } }) => {
    schemas.CreateUserRequest.properties.user_id = { type: "integer" };
  },
  "the type of a path parameter changes": ({ components: { schemas } }) => {
    schemas.UserId = { type: "integer" };
  },
  "an answer needs one more property": ({ components: { schemas } }) => {
    schemas.User.properties.tenant = { type: "string" };
    schemas.User.required.push("tenant");
  },
  "a nested object of an answer needs one more property": ({ components: { schemas } }) => {
    schemas.Identity.properties.tenant = { type: "string" };
    schemas.Identity.required.push("tenant");
  },
  "an error needs a property that was optional": ({ components: { schemas } }) => {
    schemas.Error.required.push("errorCode");
  },
  "a request needs one more property": ({ components: { schemas } }) => {
    schemas.CreateUserRequest.properties.tenant = { type: "string" };
    schemas.CreateUserRequest.required.push("tenant");
  },
  "an answer need not have a property any more": ({ components: { schemas } }) => {
    schemas.User.required = schemas.User.required.filter((name: string) => name !== "user_id");
  },
  "a value of an enum is removed": ({ components: { schemas } }) => {
    schemas.PreferredAuthenticationMethod.enum = ["voice"];
  },
  "a constant is another": ({ components: { schemas } }) => {
    schemas.Identity.properties.isSocial = { type: "boolean", const: true };
  },
  "a tag of a discriminator is renamed": ({ components: { schemas } }) => {
    schemas.CreatePhoneRequest.properties.type.const = "telephone";
    rename(schemas.CreateAuthenticationMethodRequest.discriminator.mapping, "phone", "telephone");
  },
  "an alternative is removed": ({ components: { schemas } }) => {
    schemas.CreateAuthenticationMethodRequest.oneOf.shift();
    delete schemas.CreateAuthenticationMethodRequest.discriminator.mapping.phone;
  },
  "a body need not be there any more": (of) => {
    operation(of, "post", "").requestBody.required = false;
  },
  "an operation is removed": (of) => {
    delete of.paths["/users/{id}"].delete;
  },
  "an operation has another id": (of) => {
    operation(of, "get", "/{id}").operationId = "readUser";
  },
  "a path is another": (of) => {
    rename(of.paths, `/users${methods}`, "/users/{id}/methods");
  },
  "a path parameter is renamed": ({ components: { parameters } }) => {
    parameters.UserId.name = "user_id";
  },
  "a query parameter is removed": (of) => {
    operation(of, "get", methods).parameters.pop();
  },
  "a header of a request is removed": (of) => {
    operation(of, "post", methods).parameters = [];
  },
  "an operation without a handler is added": (of) => {
    of.paths["/users"].get = { operationId: "listUsers", responses: { 204: { description: "None." } } };
  },
};

const compatible: Readonly<Record<string, Mutation>> = {
  "descriptions change": ({ components: { schemas }, ...of }) => {
    schemas.User.description = "Someone.";
    operation(of, "get", "/{id}").summary = "Get a user";
  },
  "constraints that types cannot tell get looser": ({ components: { schemas } }) => {
    schemas.MethodName.maxLength = 300;
    delete schemas.CreateUserRequest.properties.name.pattern;
  },
  "optional properties are added": ({ components: { schemas } }) => {
    schemas.CreateUserRequest.properties.nickname = { type: "string" };
    schemas.User.properties.nickname = { type: "string" };
  },
  "optional parameters, another error and a media type are added": (of) => {
    const sort = { name: "sort", in: "query", schema: { type: "string" } };
    operation(of, "get", methods).parameters.push(sort);
    operation(of, "get", oneMethod).responses[410] = { description: "It was deleted." };
    const { content } = operation(of, "post", "").requestBody;
    content["application/vnd.example+json"] = content["application/json"];
  },
};

/** What does not compile against the contract with these mutations. */
async function firstError(...mutations: readonly Mutation[]): Promise<string | undefined> {
  const mutated = structuredClone(contract);
  for (const mutate of mutations) mutate(mutated);
  return check.firstError(mutated);
}

test("server and client compile against the contract as it is", async () => {
  expect(await firstError()).toBeUndefined();
}, 120_000);

test.each(Object.entries(breaking))("either does not any more when %s", async (_name, mutate) => {
  expect(await firstError(mutate)).toMatch(/^(server|client|docs|test)\/.+: ./);
});

describe("both do as before when", () => {
  let isOneBreaking: boolean;
  beforeAll(async () => {
    // Where nothing fails every file is checked, which takes long: all of them at once, and each alone only where that fails.
    isOneBreaking = (await firstError(...Object.values(compatible))) !== undefined;
  });

  test.each(Object.entries(compatible))("%s", async (_name, mutate) => {
    expect(isOneBreaking ? await firstError(mutate) : undefined).toBeUndefined();
  });
});
