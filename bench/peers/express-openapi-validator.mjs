import express from "express";
import openApiValidator from "express-openapi-validator";
import contract from "../../generated/openapi.json" with { type: "json" };
import { announce, authorize, create, ownFormats } from "./domain.mjs";

const app = express();
app.use(express.json());
app.use(
  openApiValidator.middleware({
    apiSpec: contract,
    validateRequests: true,
    validateResponses: false,
    formats: Object.fromEntries(ownFormats.map((name) => [name, { type: "string", validate: () => true }])),
    validateSecurity: {
      handlers: { bearerAuth: async (request) => (await authorize(request.get("authorization"))) ?? true },
    },
  }),
);
app.post("/api/v2/users/:id/authentication-methods", (request, response) => {
  response.status(201).json(create(request.params.id, request.body));
});
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ statusCode: error.status ?? 500, message: error.message });
});
const server = app.listen(0, "127.0.0.1", () => announce(server.address()));
