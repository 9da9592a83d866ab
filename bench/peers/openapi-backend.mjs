import addFormats from "ajv-formats";
import express from "express";
import { OpenAPIBackend } from "openapi-backend";
import contract from "../../generated/openapi.json" with { type: "json" };
import { announce, authorize, create, ownFormats } from "./domain.mjs";

const backend = new OpenAPIBackend({
  definition: contract,
  apiRoot: "/api/v2",
  quick: true,
  ajvOpts: { strict: false },
  customizeAjv: (ajv) => {
    for (const name of ownFormats) ajv.addFormat(name, true);
    return addFormats.default(ajv);
  },
});
backend.registerSecurityHandler("bearerAuth", async (context) => {
  await authorize(context.request.headers.authorization);
  return true;
});
backend.register({
  createAuthenticationMethod: (context, _request, response) =>
    response.status(201).json(create(context.request.params.id, context.request.requestBody)),
  unauthorizedHandler: (_context, _request, response) => response.status(401).json({ statusCode: 401 }),
  validationFail: (context, _request, response) =>
    response.status(400).json({ statusCode: 400, errors: context.validation.errors }),
  notFound: (_context, _request, response) => response.status(404).json({ statusCode: 404 }),
});
await backend.init();
const app = express();
app.use(express.json());
app.use((request, response) => backend.handleRequest(request, request, response));
const server = app.listen(0, "127.0.0.1", () => announce(server.address()));
