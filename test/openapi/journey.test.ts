import { expect, onTestFinished, test } from "vitest";
import {
  type AuthenticationMethodsClient,
  type CreateAuthenticationMethodRequest,
  createClient,
} from "../../client/src/index.ts";
import contract from "../../generated/openapi.json" with { type: "json" };
import { validatorOf } from "../../toolkit/conformance/values/validator.ts";
import { createMock } from "../../toolkit/mock/mock.ts";
import { OperationRouter, readDocument } from "../../toolkit/openapi/index.ts";
import { email, passkey, phone, securityKey, totp } from "../support/methods.ts";
import { hosts } from "./hosts.ts";

/** What a step of the journey was answered with. */
interface Step {
  readonly request: string;
  readonly status: number;
  readonly mediaType: string | null;
  readonly body: unknown;
}

const bodies: readonly CreateAuthenticationMethodRequest[] = [
  { ...phone(), preferred_authentication_method: "voice" },
  { ...email(), name: "Work mail" },
  totp(),
  securityKey(),
  passkey(),
];

/** A user's life through the typed client. */
async function journey(client: AuthenticationMethodsClient): Promise<Step[]> {
  const steps: Step[] = [];
  client.use({
    async onResponse({ request, response }) {
      const text = await response.clone().text();
      steps.push({
        request: `${request.method} ${new URL(request.url).pathname.replace(/^.*\/api\/v2/, "")}`,
        status: response.status,
        mediaType: response.headers.get("content-type"),
        body: text === "" ? undefined : JSON.parse(text),
      });
    },
  });
  const path = { id: "auth0|journey" };
  await client.POST("/users", {
    body: { connection: "Username-Password-Authentication", user_id: "journey", name: "Ada Lovelace" },
  });
  await client.GET("/users/{id}", { params: { path } });
  const ids: string[] = [];
  for (const body of bodies) {
    const { data } = await client.POST("/users/{id}/authentication-methods", { params: { path }, body });
    ids.push(data?.id ?? "");
  }
  const [phoneId = "", , , , passkeyId = ""] = ids;
  await client.GET("/users/{id}/authentication-methods", { params: { path } });
  await client.GET("/users/{id}/authentication-methods", {
    params: { path, query: { include_totals: true, per_page: 2 } },
  });
  const ofPhone = { path: { ...path, authentication_method_id: phoneId } };
  await client.GET("/users/{id}/authentication-methods/{authentication_method_id}", { params: ofPhone });
  await client.PATCH("/users/{id}/authentication-methods/{authentication_method_id}", {
    params: ofPhone,
    body: { name: "Mobile" },
  });
  const ofPasskey = { path: { ...path, authentication_method_id: passkeyId } };
  await client.DELETE("/users/{id}/authentication-methods/{authentication_method_id}", { params: ofPasskey });
  await client.PUT("/users/{id}/authentication-methods", {
    params: { path },
    body: [email(1), totp(1)] as never,
  });
  await client.DELETE("/users/{id}/authentication-methods", { params: { path } });
  await client.DELETE("/users/{id}", { params: { path } });
  return steps;
}

/** What goes wrong on the way, which only something that remembers can tell. */
async function detours(client: AuthenticationMethodsClient): Promise<unknown[]> {
  const path = { id: "auth0|detours" };
  const answers: { readonly response: Response; readonly error?: unknown }[] = [];
  const create = (body: CreateAuthenticationMethodRequest) =>
    client.POST("/users/{id}/authentication-methods", { params: { path }, body });
  answers.push(await client.GET("/users/{id}", { params: { path } }));
  answers.push(await create(email()));
  await client.POST("/users", {
    body: { connection: "Username-Password-Authentication", user_id: "detours" },
  });
  await create(email());
  answers.push(await create(email()));
  answers.push(await create({ type: "email" } as never));
  await create(passkey(1));
  answers.push(await create({ ...securityKey(1), key_id: passkey(1).key_id }));
  answers.push(await client.DELETE("/users/{id}/authentication-methods", { params: { path } }));
  await client.DELETE("/users/{id}", { params: { path } });
  return answers.map(({ response, error }) => ({
    status: response.status,
    mediaType: response.headers.get("content-type"),
    error,
  }));
}

/** The same on every host: ids and moments are their own. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/dev_[A-Za-z0-9]{16}/g, "dev_0")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "1970-01-01T00:00:00.000Z");
  return JSON.parse(text);
}

const connect = (baseUrl: string, token: string) => createClient({ baseUrl, token, retry: false });

test("server and mocks answer one journey alike, field by field", async () => {
  const answers: Record<string, unknown> = {};
  const journeys: Record<string, Step[]> = {};
  for (const [name, start] of Object.entries(hosts)) {
    const { url, token } = await start();
    const steps = await journey(connect(url, await token()));
    journeys[name] = steps;
    answers[name] = comparable({ steps, detours: await detours(connect(url, await token())) });
  }
  const [first, ...others] = Object.keys(hosts) as [string, ...string[]];
  for (const name of others) expect(answers[name], name).toEqual(answers[first]);

  const bare = await createMock(contract, {});
  onTestFinished(() => bare.close());
  const steps = await journey(connect(`${bare.url}/api/v2`, "any"));
  const outline = (all: readonly Step[]) =>
    all.map(({ request, status, mediaType }) => ({
      request: request.replace(/[a-z-]+%7Cdev_\w+/, "{method}"),
      status,
      mediaType: mediaType?.split(";")[0],
    }));
  expect(outline(steps)).toEqual(outline(journeys[first] ?? []));

  const router = new OperationRouter([readDocument(contract)]);
  for (const { request, status, body } of [...steps, ...(journeys[first] ?? [])]) {
    const [method = "", path = ""] = request.split(" ");
    const match = router.find(method.toLowerCase(), path);
    if (!("operation" in match)) throw new Error(`${request} is no operation`);
    const schema = match.operation.responses.find(({ code }) => code === String(status))?.contents[0]?.schema;
    if (schema !== undefined) expect(validatorOf(schema).errors(body), request).toEqual([]);
  }
}, 120_000);
