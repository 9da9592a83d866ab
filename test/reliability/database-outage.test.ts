import { test } from "vitest";
import { phone } from "../support/methods.ts";
import { type PostgresServer, startPostgres } from "../support/postgres-server.ts";
import { createMethod, createUser } from "../support/users.ts";
import { Connection } from "./support/connection.ts";
import { milliseconds, report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { until } from "./support/until.ts";

/** What the server waits for an answer, and what a busy machine adds. */
const longestRefusal = 7_000;
const longestResumption = 5_000;

const unavailable = {
  statusCode: 503,
  error: "Service Unavailable",
  message: "The database cannot be reached; try again later.",
  errorCode: "service_unavailable",
};

interface Outage {
  readonly what: string;
  readonly rounds: number;
  begin(postgres: PostgresServer): Promise<void>;
  end(postgres: PostgresServer): Promise<void>;
}

const outages: readonly Outage[] = [
  {
    what: "killed",
    rounds: scaled(2, 20),
    begin: (postgres) => postgres.kill(),
    end: (postgres) => postgres.restart(),
  },
  {
    what: "frozen",
    rounds: scaled(1, 8),
    begin: (postgres) => postgres.freeze(),
    end: (postgres) => postgres.thaw(),
  },
];

test.concurrent.for(outages)(
  "a server whose PostgreSQL is $what refuses with 503, loses nothing, and resumes by itself",
  { timeout: scaled(60_000, 600_000) },
  async ({ rounds, begin, end }, context) => {
    const { expect, onTestFinished } = context;
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
    const method = `${methods}/${encodeURIComponent(id)}`;
    const seed = Math.floor(Math.random() * 2 ** 31);
    const connect = () => new Connection(() => server.origin, issuer);
    const load = new MixedLoad({ connect, clients: 16, seed });
    await load.createUsers();

    const health = async (path: string) => (await fetch(`${server.origin}/health/${path}`)).status;
    const requests = {
      list: () => server.call(methods),
      get: () => server.call(method),
      "read user": () => server.call("/users/auth0%7Cwitness"),
      create: () => server.call(methods, { body: phone(1) }),
      rename: () => server.call(method, { method: "PATCH", body: { name: "renamed" } }),
      "create user": () => server.call("/users", { body: { connection: "email", user_id: "nobody" } }),
    };
    let slowestRefusal = 0;
    let slowestResumption = 0;
    let refusals = 0;

    const expectRefusal = async ([what, send]: [string, () => ReturnType<typeof server.call>]) => {
      const started = performance.now();
      const { status, headers, body } = await send();
      slowestRefusal = Math.max(slowestRefusal, performance.now() - started);
      expect({ what, status, body }).toEqual({ what, status: 503, body: unavailable });
      expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      refusals += 1;
    };

    for (let round = 0; round < rounds; round += 1) {
      load.start();
      await load.acknowledgedMore(100);
      await begin(postgres);
      await load.interrupted();
      const [ready, live] = await Promise.all([
        health("ready"),
        health("live"),
        ...Object.entries(requests).map(expectRefusal),
      ]);
      expect({ ready, live }).toEqual({ ready: 503, live: 200 });

      await end(postgres);
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
    const { body } = await server.call(methods);
    expect(body).toEqual([expect.objectContaining({ id })]);
    expect(body[0]).not.toHaveProperty("name");
    expect((await server.call("/users/email%7Cnobody")).status).toBe(404);
    report(context, {
      outages: rounds,
      "acknowledged writes checked": load.acknowledged,
      lost: 0,
      "refused with 503": refusals + load.uncertain.length,
      "longest 503": milliseconds(slowestRefusal),
      "longest until resumed": milliseconds(slowestResumption),
    });
  },
);
