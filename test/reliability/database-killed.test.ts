import { expect, onTestFinished, test } from "vitest";
import { phone } from "../support/methods.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { createMethod, createUser } from "../support/users.ts";
import { Connection } from "./support/connection.ts";
import { milliseconds, report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { until } from "./support/until.ts";

const rounds = scaled(2, 20);
/** How long a request may take to be refused: what the server waits for an answer, and a noisy machine. */
const longestRefusal = 7_000;
const longestResumption = 5_000;

const unavailable = {
  statusCode: 503,
  error: "Service Unavailable",
  message: "The database cannot be reached; try again later.",
  errorCode: "service_unavailable",
};

test(
  "a server whose PostgreSQL is killed refuses with 503, loses nothing, and resumes by itself",
  async (context) => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const server = new ServerProcess(issuer, { DATABASE_URL: postgres.url });
    onTestFinished(() => server.kill());
    await server.start();
    const pid = server.pid;
    const methods = await createUser(server, "witness");
    const { id } = await createMethod(server, methods, phone());
    const seed = Math.floor(Math.random() * 2 ** 31);
    const connect = () => new Connection(() => server.origin, issuer);
    const load = new MixedLoad({ connect, clients: 16, seed });
    await load.createUsers();

    const health = async (path: string) => (await fetch(`${server.origin}/health/${path}`)).status;
    const requests = {
      list: () => server.call(methods),
      get: () => server.call(`${methods}/${encodeURIComponent(id)}`),
      "read user": () => server.call("/users/auth0%7Cwitness"),
      create: () => server.call(methods, { body: phone(1) }),
      rename: () =>
        server.call(`${methods}/${encodeURIComponent(id)}`, { method: "PATCH", body: { name: "n" } }),
      "create user": () => server.call("/users", { body: { connection: "email", user_id: "nobody" } }),
    };
    let slowestRefusal = 0;
    let slowestResumption = 0;
    let refusals = 0;
    for (let round = 0; round < rounds; round += 1) {
      load.start();
      await load.acknowledgedMore(100);
      const killed = postgres.kill();
      await load.stop();
      await killed;
      await Promise.all(
        Object.entries(requests).map(async ([what, send]) => {
          const started = performance.now();
          const { status, headers, body } = await send();
          slowestRefusal = Math.max(slowestRefusal, performance.now() - started);
          expect({ what, status, body }).toEqual({ what, status: 503, body: unavailable });
          expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
          refusals += 1;
        }),
      );
      expect(await health("ready")).toBe(503);
      expect(await health("live")).toBe(200);

      await postgres.restart();
      const resumption = await until(
        async () => (await server.call(methods)).status === 200 && (await health("ready")) === 200,
        longestResumption,
      );
      slowestResumption = Math.max(slowestResumption, resumption);
      await load.check();
    }
    for (const { status, retryAfter, milliseconds: waited } of load.uncertain) {
      expect({ status, retryAfter }).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^[1-9]\d*$/),
      });
      slowestRefusal = Math.max(slowestRefusal, waited);
    }
    expect(slowestRefusal).toBeLessThan(longestRefusal);
    expect(server.pid).toBe(pid);
    // What was refused during the outages was not done behind the caller's back.
    expect((await server.call(methods)).body).toEqual([expect.objectContaining({ id })]);
    expect((await server.call(methods)).body[0]).not.toHaveProperty("name");
    expect((await server.call("/users/email%7Cnobody")).status).toBe(404);
    report(context, {
      kills: rounds,
      "acknowledged writes checked": load.acknowledged,
      lost: 0,
      "refused with 503": refusals + load.uncertain.length,
      "longest 503": milliseconds(slowestRefusal),
      "longest until resumed": milliseconds(slowestResumption),
    });
  },
  scaled(60_000, 600_000),
);
