import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UnauthorizedError } from "../../toolkit/fastify/refusals.ts";
import { createMock, type Mock } from "../../toolkit/mock/mock.ts";
import { readDocument } from "../../toolkit/openapi/load-document.ts";
import { listOperations, readOperation } from "../../toolkit/openapi/read-operation.ts";
import { type Group, groups, type Sent } from "../fixtures/agreement.ts";
import { type Served, start } from "./fastify/serve.ts";

/** One document of all cases of a group, each below a path of its own. */
function documentOf({ cases, more }: Group): Record<string, unknown> {
  const paths = cases.flatMap((each, index) =>
    Object.entries(each.paths).map(([path, item]) => [
      `/case${index}${path}`,
      named(item, `case${index}${path}`),
    ]),
  );
  return {
    openapi: "3.2.0",
    info: { title: "Agreement", version: "1" },
    ...more,
    paths: Object.fromEntries(paths),
  };
}

function named(item: Record<string, unknown>, id: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => {
      const isOperation =
        !method.startsWith("$") && method !== "additionalOperations" && !("$ref" in (operation as object));
      return [method, isOperation ? { operationId: `${method} ${id}`, ...(operation as object) } : operation];
    }),
  );
}

/** What comes item by item is held against its schema as it is read. */
async function readAll({ body }: { body: unknown }) {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    for await (const _ of body as AsyncIterable<unknown>);
  }
  return { status: 200 };
}

/** Whoever brings credentials at all. */
function anyone(_request: unknown, _scopes: unknown, credential: string | undefined): string {
  if (credential === undefined) throw new UnauthorizedError("No credentials.", "Bearer");
  return credential;
}

async function serve(document: Record<string, unknown>): Promise<Served> {
  const read = readDocument(document);
  const ids = listOperations(read).map((entry) => readOperation(read, entry).id);
  const { securitySchemes = {} } = (document.components ?? {}) as { securitySchemes?: object };
  return start(document, {
    handlers: Object.fromEntries(ids.map((id) => [id, readAll])),
    securityHandlers: Object.fromEntries(Object.keys(securitySchemes).map((name) => [name, anyone])),
  });
}

/** The request as it is, from one wire to the other: no client may mend it. */
function send(
  url: string,
  { url: path = "", method = "GET", headers, body }: Sent,
  index: number,
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path: `/case${index}${path}`, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(`${response.statusCode} ${text}`));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

describe.each(groups.map((group) => [group.title, group] as const))(
  "the bridge and the mock read %s alike:",
  (_, group) => {
    let bridge: Served;
    let mock: Mock;
    beforeAll(async () => {
      const document = documentOf(group);
      bridge = await serve(document);
      mock = await createMock(document, { auth: group.hasSecurity === true });
    });
    afterAll(async () => {
      await bridge?.app.close();
      await mock?.close();
    });

    test.each(group.cases.map((each, index) => [each.says, each, index] as const))(
      "%s",
      async (_says, each, index) => {
        const halves = { bridge: () => bridge.url, mock: () => mock.url };
        for (const [half, url] of Object.entries(halves)) {
          const own = each.differs?.half === half ? each.differs : undefined;
          for (const sent of [...(each.accepts ?? []), ...(own?.accepts ?? [])]) {
            expect(await send(url(), sent, index), `${half}: ${JSON.stringify(sent)}`).toMatch(/^2/);
          }
          for (const sent of [...(each.refuses ?? []), ...(own?.refuses ?? [])]) {
            expect(await send(url(), sent, index), `${half}: ${JSON.stringify(sent)}`).toMatch(/^4/);
          }
        }
      },
    );
  },
);
