import { readFile } from "node:fs/promises";
import express from "express";
import { OpenAPIBackend } from "openapi-backend";
import { parse } from "yaml";

/** The mock that openapi-backend's documentation shows: `node mock.mjs <document> <port>`. */
const [document = "", port = ""] = process.argv.slice(2);
const definition = parse(await readFile(document, "utf8"));
// It knows operations by their ids alone.
for (const [path, item] of Object.entries(definition.paths))
  for (const [method, operation] of Object.entries(item)) operation.operationId ??= `${method} ${path}`;

const backend = new OpenAPIBackend({ definition, quick: true });
backend.register({
  validationFail: (context, _request, response) =>
    response.status(400).json({ errors: context.validation.errors }),
  notFound: (_context, _request, response) => response.status(404).json({ message: "not found" }),
  notImplemented(context, _request, response) {
    const { status, mock } = context.api.mockResponseForOperation(context.operation.operationId);
    return response.status(status).json(mock);
  },
});
await backend.init();
const app = express();
app.use(express.json());
app.use((request, response) => backend.handleRequest(request, request, response));
app.listen(Number(port), "127.0.0.1");
