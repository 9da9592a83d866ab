import { test } from "vitest";
import { execute } from "../support/postgres.ts";
import { createUser } from "../support/users.ts";
import { managedPrograms, startAutoFailover } from "./support/auto-failover.ts";
import { Connection } from "./support/connection.ts";
import { milliseconds, report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { isLong } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { until } from "./support/until.ts";

const programs = await managedPrograms();
const rounds = 3;
const longestResumption = 5_000;

test.runIf(isLong && programs !== undefined)(
  "a server follows the primary that pg_auto_failover appoints, and loses nothing",
  { timeout: 600_000 },
  async (context) => {
    const { expect, onTestFinished } = context;
    const cluster = await startAutoFailover(programs ?? "");
    onTestFinished(() => cluster.stop());
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const hosts = cluster.nodes.map(({ url }) => new URL(url).host).join(",");
    // As `pg_autoctl show uri` tells it.
    const url = `postgres://methods@${hosts}/methods?target_session_attrs=read-write&sslmode=prefer`;
    const server = new ServerProcess(issuer, { DATABASE_URL: url });
    onTestFinished(() => server.kill());
    await server.start();
    const methods = await createUser(server, "witness");
    const health = async (path: string) => (await fetch(`${server.origin}/health/${path}`)).status;
    const connect = () => new Connection(() => server.origin, issuer);
    let [acknowledged, refused, slowest] = [0, 0, 0];

    for (let round = 0; round < rounds; round += 1) {
      const [primary, standby] =
        round % 2 === 0 ? cluster.nodes : ([cluster.nodes[1], cluster.nodes[0]] as const);
      const load = new MixedLoad({
        connect,
        clients: 16,
        seed: round,
        prefix: `${round}`,
        first: round * 16,
      });
      await load.createUsers();
      load.start();
      await load.acknowledgedMore(200);

      await primary.kill();
      await load.interrupted();
      await until(async () => (await health("ready")) === 503, longestResumption);
      const refusal = await server.call(methods, { body: { type: "email", email: "a@b.example" } });
      expect(refusal.status).toBe(503);
      expect(refusal.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);

      // Nobody but the manager promotes it.
      const isWritable = `SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off' AS it`;
      await until(async () => (await execute(standby.url, isWritable))[0]?.it, 60_000);
      const resumption = await until(
        async () => (await server.call(methods)).status === 200 && (await health("ready")) === 200,
        longestResumption,
      );
      slowest = Math.max(slowest, resumption);
      await load.check();

      // What was the primary comes back as a standby, while the other one is written to.
      load.start();
      primary.restart();
      await until(async () => (await cluster.states()).toSorted().join() === "primary,secondary", 120_000);
      await load.acknowledgedMore(100);
      await load.stop();
      await load.check();
      acknowledged += load.acknowledged;
      refused += load.uncertain.length;
    }
    report(context, {
      failovers: rounds,
      "acknowledged writes checked": acknowledged,
      lost: 0,
      "refused with 503": refused,
      "longest until resumed": milliseconds(slowest),
    });
  },
);
