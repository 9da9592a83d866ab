import { registerContract } from "contract-first/fastify";
import { type ContractDocument, listOperations, readOperation } from "contract-first/openapi";
import fastify, { type FastifyInstance } from "fastify";

/**
 * Any document on the bridge, with a handler for every operation, that lets everybody in.
 *
 * @param prefix @default the base path of the document's first server
 * @throws ContractSetupError
 */
export async function openServer(
  document: ContractDocument,
  { lenient, prefix }: { readonly lenient: boolean; readonly prefix?: string },
): Promise<FastifyInstance> {
  const operations = listOperations(document).map((entry) => readOperation(document, entry));
  const app = fastify({ routerOptions: { maxParamLength: 4096 } });
  await registerContract<Record<string, never>, unknown>(app, {
    document,
    handlers: Object.fromEntries(operations.map(({ id }) => [id, () => ({ status: 200 })])) as never,
    securityHandlers: Object.fromEntries(
      operations.flatMap(({ security }) => security.flat()).map(({ name }) => [name, () => ({})]),
    ),
    lenient,
    ...(prefix !== undefined && { prefix }),
  });
  return app;
}
