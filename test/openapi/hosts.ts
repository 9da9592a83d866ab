import { onTestFinished } from "vitest";
import { openApiMock } from "../../server/api-mock.ts";
import { createMock } from "../../toolkit/mock/mock.ts";
import { temporarySchema } from "../support/postgres-schema.ts";
import { maskedScopes, startServer } from "../support/server.ts";

/** Something that answers as the contract says. */
export interface Host {
  /** With the contract's base path. */
  readonly url: string;
  /** A token with these scopes, or with all but the one that unmasks. */
  token(scopes?: readonly string[]): Promise<string>;
}

/** Longer than any test takes on a busy machine, in seconds. */
const expiresIn = 3_600;

async function server(env: Readonly<Record<string, string>>): Promise<Host> {
  const { app, origin } = await startServer(env);
  return {
    url: `${origin}/api/v2`,
    async token(scopes = maskedScopes) {
      if (app.developmentIssuer === undefined) throw new Error("this server has another issuer");
      return app.developmentIssuer.sign({ subject: "test", scopes, expiresIn });
    },
  };
}

async function mockOfTheApplication(): Promise<Host> {
  const api = await openApiMock();
  const mock = await createMock(api.document, { ...api.options });
  onTestFinished(async () => {
    await mock.close();
    await api.close?.();
  });
  return {
    url: `${mock.url}/api/v2`,
    async token(scopes = maskedScopes) {
      const answer = await mock.fetch("/oauth/token", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          grant_type: "client_credentials",
          client_id: "any",
          client_secret: "any",
          scope: scopes.join(" "),
        }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
  };
}

/** The server on each of its databases, and the mock that is the application on a store in memory. */
export const hosts: Readonly<Record<string, () => Promise<Host>>> = {
  "the server on SQLite": () => server({}),
  "the server on PostgreSQL": async () => server({ DATABASE_URL: await temporarySchema() }),
  "the mock of the application": mockOfTheApplication,
};
