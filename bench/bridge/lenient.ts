import { registerContract } from "contract-first/fastify";
import { listOperations, loadDocument, readOperation } from "contract-first/openapi";
import fastify from "fastify";
import { announce } from "./announce.ts";

/** Any document on the bridge, leniently, with a handler for every operation: `node lenient.ts <document>`. */
const document = await loadDocument(process.argv[2] ?? "", { strict: false });
const operations = listOperations(document).map((entry) => readOperation(document, entry));
const app = fastify({ routerOptions: { maxParamLength: 4096 } });
await registerContract<Record<string, never>, unknown>(app, {
  document,
  handlers: Object.fromEntries(operations.map(({ id }) => [id, () => ({ status: 200 })])) as never,
  securityHandlers: Object.fromEntries(
    operations.flatMap(({ security }) => security.flat()).map(({ name }) => [name, () => ({})]),
  ),
  prefix: "/",
  lenient: true,
});
await announce(app);
