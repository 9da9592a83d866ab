import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import openapiGlue from "fastify-openapi-glue";
import { formats } from "../../server/contract.ts";
import { announce } from "./announce.ts";
import { contract, created, listed, operationIds } from "./answers.ts";

/** The contract on fastify-openapi-glue as it comes, and what it takes to make it start with this one. */
const app = fastify({
  ajv: { customOptions: { strict: false, formats } },
  // It warns of every format that only the other Ajv knows.
  serializerOpts: { ajv: { logger: false } },
  routerOptions: { maxParamLength: 4096 },
});
const authorize = async ({ headers }: FastifyRequest) => {
  if (!/^Bearer \S+$/i.test(headers.authorization ?? "")) throw new Error("Missing authentication");
};
await app.register(openapiGlue, {
  specification: contract,
  serviceHandlers: {
    ...Object.fromEntries(
      operationIds.map((id) => [
        id,
        (_request: FastifyRequest, reply: FastifyReply) => reply.code(204).send(),
      ]),
    ),
    createAuthenticationMethod: async (_request: FastifyRequest, reply: FastifyReply) =>
      reply.code(201).send(created),
    listAuthenticationMethods: async () => listed,
  },
  securityHandlers: { bearerAuth: authorize, ownUserAuth: authorize },
  prefix: "/api/v2",
});
await announce(app);
