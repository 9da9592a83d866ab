import { randomBytes } from "node:crypto";
import { type CreateMockOptions, createMock, type Mock, type MockOptions } from "contract-first/mock";
import type { DefaultMock } from "contract-first/mock/command";
import type { FastifyInstance, InjectOptions } from "fastify";
import pino from "pino";
import { buildApp } from "./app.ts";
import { readConfig } from "./config/config.ts";
import { document } from "./contract.ts";
import { createPassingIssuer } from "./security/development-issuer.ts";
import { allScopes, unmaskedScope } from "./security/scopes.ts";
import { developmentTokenEndpoint } from "./security/token-endpoint.ts";

/** No server's own: RFC 6761 keeps `.invalid` for names that lead nowhere. */
const issuerUrl = "https://mock.authentication-methods.invalid/";

const secondsPerWeek = 7 * 24 * 60 * 60;

/** Right in every verification, so that a page can be tried without a phone. */
const testCode = "123456";

/** Other users to find, beside the contract's example user, who has a method of each type. */
const otherUsers = [
  { user_id: "grace", name: "Grace Hopper", methods: ["CreatePhoneRequest", "CreateEmailRequest"] },
  { user_id: "without-methods", name: "Nobody Enrolled", methods: [] },
] as const;

type Example = keyof typeof document.components.examples;

/** The flags that would change what a document is answered with: here the application itself answers. */
const unsupported = [
  "crossOriginRefs",
  "dynamic",
  "errors",
  "ignoreExamples",
  "fillProperties",
  "validate",
  "seedData",
] as const;

/** A mock of this API that runs in the process of whoever made it. */
export interface ApiMock extends Mock {
  /** A token with every scope but the one that unmasks, for a week. */
  readonly token: string;
}

/**
 * The mock of this API for tests: the real application on a store in memory, seeded with the contract's examples. It
 * opens no port unless `port` says so; `mock.fetch("/api/v2/users/…")` answers.
 *
 * @example
 * const mock = await createApiMock({ auth: false });
 * const client = createClient({ baseUrl: `${mock.url}/api/v2`, fetch: mock.fetch });
 */
export async function createApiMock(
  options: Omit<CreateMockOptions, (typeof unsupported)[number]> = {},
): Promise<ApiMock> {
  const api = await openApiMock();
  const mock = await createMock(api.document, { port: false, ...api.options, ...options });
  const close = async () => {
    await mock.close();
    await api.close();
  };
  // What the mock tells of itself changes while it runs.
  return Object.create(mock, {
    fetch: { value: mock.fetch.bind(mock), enumerable: true },
    token: { value: api.token, enumerable: true },
    close: { value: close, enumerable: true },
  });
}

/**
 * The mock of this API: the real application on a store in memory, so that it cannot answer otherwise than the server
 * does. It holds the contract's own examples, and hands out tokens at `/oauth/token`, to any client. Its keys are in
 * memory, too, and its issuer is its own: no other server takes its tokens.
 */
export async function openApiMock(): Promise<
  DefaultMock & Required<Pick<DefaultMock, "close">> & { token: string }
> {
  const config = readConfig({
    DATABASE_URL: "sqlite::memory:",
    RATE_LIMIT: "off",
    ENCRYPTION_KEYS: `mock:${randomBytes(32).toString("base64")}`,
  });
  const issuer = await createPassingIssuer({ issuer: issuerUrl, audience: config.audience });
  const { http } = await buildApp(config, pino({ level: "silent" }), { ownIssuer: issuer, testCode });
  // Masked answers are the rule; a client that shall see more asks for the scope by name.
  const scopes = allScopes(document).filter((scope) => scope !== unmaskedScope);
  const token = await issuer.sign({ subject: "mock", scopes, expiresIn: secondsPerWeek });
  await seed(http, token);
  return {
    document,
    token,
    options: {
      backend: (request, { auth }) => answer(http, request, auth ? undefined : token),
      routes: {
        "POST /oauth/token": developmentTokenEndpoint(issuer, scopes),
        "GET /docs/server.json": async () => Response.json(docsSettings(config.audience)),
      },
    },
    unsupported,
    hints,
    close: () => http.close(),
  };
}

/** What the docs put into their samples, relative to themselves: whoever reads them here may have a token. */
function docsSettings(audience: string): object {
  return { baseUrl: "../api/v2", issuer: issuerUrl, audience, tokenUrl: "../oauth/token" };
}

/** Two lines to paste: a token, and what it lets see. */
function hints(url: string, { auth = true }: MockOptions): readonly string[] {
  const user = encodeURIComponent(document.components.examples.User.value.user_id);
  const list = `curl ${url}/api/v2/users/${user}/authentication-methods`;
  if (!auth) return [list];
  const token = `curl -s ${url}/oauth/token -d grant_type=client_credentials -d client_id=any`;
  return [
    `TOKEN=$(${token} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    `${list} -H "Authorization: Bearer $TOKEN"`,
  ];
}

/** @param token what lets in those whom their own credentials do not */
async function answer(http: FastifyInstance, request: Request, token: string | undefined): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const payload = Buffer.from(await request.arrayBuffer());
  const send = (headers: Record<string, string>) =>
    http.inject({
      method: request.method as NonNullable<InjectOptions["method"]>,
      url: pathname + search,
      headers,
      payload,
    });
  const headers: Record<string, string> = Object.fromEntries(request.headers);
  let answered = await send(
    token === undefined || headers.authorization ? headers : { ...headers, ...bearer(token) },
  );
  if (answered.statusCode === 401 && token !== undefined)
    answered = await send({ ...headers, ...bearer(token) });
  const hasBody = answered.statusCode !== 204 && answered.statusCode !== 304;
  return new Response(hasBody ? new Uint8Array(answered.rawPayload) : null, {
    status: answered.statusCode,
    headers: Object.entries(answered.headers).flatMap(([name, value]) =>
      [value].flat().flatMap((one) => (one === undefined ? [] : [[name, String(one)] as [string, string]])),
    ),
  });
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Through the application itself, so that nothing is there that a client could not have made. */
async function seed(http: FastifyInstance, token: string): Promise<void> {
  const post = async (path: string, payload: object): Promise<{ user_id: string }> => {
    const answered = await http.inject({
      method: "POST",
      url: `/api/v2${path}`,
      headers: { authorization: `Bearer ${token}` },
      payload,
    });
    if (answered.statusCode !== 201) throw new Error(`The mock's data was refused: ${answered.body}`);
    return answered.json();
  };
  const example = (name: Example) => document.components.examples[name].value;
  const methodsOf = (userId: string) => `/users/${encodeURIComponent(userId)}/authentication-methods`;

  const user = await post("/users", example("CreateUserRequest"));
  const { examples } =
    document.paths["/users/{id}/authentication-methods"].post.requestBody.content["application/json"];
  for (const { $ref } of Object.values(examples))
    await post(methodsOf(user.user_id), example($ref.slice($ref.lastIndexOf("/") + 1) as Example));
  for (const { methods, ...other } of otherUsers) {
    const { user_id } = await post("/users", { connection: "Username-Password-Authentication", ...other });
    for (const method of methods) await post(methodsOf(user_id), example(method));
  }
}
