import { registerContract, UnauthorizedError } from "contract-first/fastify";
import fastify from "fastify";
import { formats } from "../../server/contract.ts";
import { announce } from "./announce.ts";
import { contract, created, listed, operationIds } from "./answers.ts";

/** The contract on the bridge alone: no token is verified, nothing is stored. */
const app = fastify({ routerOptions: { maxParamLength: 4096, querystringParser: () => ({}) } });
const authorize = (_request: unknown, _scopes: unknown, credential: string | undefined) => {
  if (credential === undefined) throw new UnauthorizedError("Missing authentication", "Bearer");
  return credential;
};
await registerContract<Record<string, never>, string>(app, {
  document: contract,
  handlers: {
    ...Object.fromEntries(operationIds.map((id) => [id, () => ({ status: 204 })])),
    createAuthenticationMethod: () => ({ status: 201, body: created }),
    listAuthenticationMethods: () => ({ status: 200, body: listed }),
  } as never,
  securityHandlers: { bearerAuth: authorize, ownUserAuth: authorize },
  prefix: "/api/v2",
  formats,
});
await announce(app);
