import type { MockOptions } from "contract-first/mock";
import type { DefaultMock } from "contract-first/mock/command";
import type { FastifyInstance, InjectOptions } from "fastify";
import pino from "pino";
import { buildApp } from "./app.ts";
import { readConfig } from "./config/config.ts";
import { document } from "./contract.ts";
import { allScopes, unmaskedScope } from "./security/scopes.ts";
import { developmentTokenEndpoint } from "./security/token-endpoint.ts";

const secondsPerWeek = 7 * 24 * 60 * 60;

/** Other users to find, beside the contract's example user, who has a method of each type. */
const otherUsers = [
  { user_id: "grace", name: "Grace Hopper", methods: ["CreatePhoneRequest", "CreateEmailRequest"] },
  { user_id: "without-methods", name: "Nobody Enrolled", methods: [] },
] as const;

type Example = keyof typeof document.components.examples;

/**
 * The mock of this API: the real application on a store in memory, so that it cannot answer otherwise than the server
 * does. It holds the contract's own examples, and hands out tokens at `/oauth/token`, to any client.
 *
 * @param flags what the command line asks for; without `auth`, requests without a token get one that may do everything
 */
export async function openApiMock(flags: Pick<MockOptions, "auth">): Promise<DefaultMock> {
  const config = readConfig({ DATABASE_URL: "sqlite::memory:", RATE_LIMIT: "off" });
  const { http, developmentIssuer } = await buildApp(config, pino({ level: "silent" }));
  if (developmentIssuer === undefined) throw new Error("The mock needs the development issuer.");
  // Masked answers are the rule; a client that shall see more asks for the scope by name.
  const scopes = allScopes(document).filter((scope) => scope !== unmaskedScope);
  const token = await developmentIssuer.sign({ subject: "mock", scopes, expiresIn: secondsPerWeek });
  await seed(http, token);
  return {
    document,
    options: {
      backend: (request) => answer(http, request, flags.auth === false ? token : undefined),
      routes: { "POST /oauth/token": developmentTokenEndpoint(developmentIssuer, scopes) },
    },
    close: () => http.close(),
  };
}

async function answer(http: FastifyInstance, request: Request, token: string | undefined): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers: Record<string, string> = Object.fromEntries(request.headers);
  if (token !== undefined) headers.authorization ??= `Bearer ${token}`;
  const answered = await http.inject({
    method: request.method as NonNullable<InjectOptions["method"]>,
    url: pathname + search,
    headers,
    payload: Buffer.from(await request.arrayBuffer()),
  });
  const hasBody = answered.statusCode !== 204 && answered.statusCode !== 304;
  return new Response(hasBody ? new Uint8Array(answered.rawPayload) : null, {
    status: answered.statusCode,
    headers: Object.entries(answered.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    ),
  });
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
