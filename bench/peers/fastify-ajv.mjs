import fastify from "fastify";
import contract from "../../generated/openapi.json" with { type: "json" };
import { announce, authorize, create, ownFormats } from "./domain.mjs";

/** What a team writes that takes the body's schema out of the contract by hand. */
const path = "/users/{id}/authentication-methods";
const body = contract.paths[path].post.requestBody.content["application/json"].schema;

const app = fastify({
  ajv: {
    customOptions: {
      strict: false,
      removeAdditional: false,
      formats: Object.fromEntries(ownFormats.map((name) => [name, true])),
    },
  },
});
app.addSchema({
  $id: "contract",
  components: {
    schemas: JSON.parse(JSON.stringify(contract.components.schemas).replaceAll('"#/', '"contract#/')),
  },
});
app.post(
  "/api/v2/users/:id/authentication-methods",
  {
    schema: { body: JSON.parse(JSON.stringify(body).replaceAll('"#/', '"contract#/')) },
    onRequest: async (request) => authorize(request.headers.authorization),
  },
  async (request, reply) => reply.code(201).send(create(request.params.id, request.body)),
);
app.setErrorHandler((error, _request, reply) => {
  const statusCode = error.status ?? error.statusCode ?? 500;
  reply.code(statusCode).send({ statusCode, message: error.message });
});
await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server.address());
