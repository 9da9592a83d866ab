import { test } from "vitest";
import { execute } from "../support/postgres.ts";
import { type PostgresServer, startPostgres, startStandby } from "../support/postgres-server.ts";
import { createUser } from "../support/users.ts";
import { Connection } from "./support/connection.ts";
import { milliseconds, report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { until } from "./support/until.ts";

const longestResumption = 5_000;
const settings = { fsync: "off", full_page_writes: "off" };
/** A commit is acknowledged when the standby has it. */
const synchronous = "ALTER SYSTEM SET synchronous_standby_names = 'standby'";

function severalHosts(servers: readonly PostgresServer[]): string {
  const [first = "", ...others] = servers.map(({ url }) => url);
  const hosts = others.map((url) => new URL(url).host);
  return `${first.replace(/(?<=@)[^/]+/, (host) => [host, ...hosts].join(","))}?target_session_attrs=read-write`;
}

test("when the primary is killed and the standby promoted, service resumes by itself and nothing is lost", {
  timeout: scaled(120_000, 600_000),
}, async (context) => {
  const { expect, onTestFinished } = context;
  const issuer = await startIssuer();
  onTestFinished(() => issuer.http.goDown());
  let primary = await startPostgres(settings);
  onTestFinished(() => primary.stop());
  let [acknowledged, slowest, refused] = [0, 0, 0];

  for (let round = 0; round < scaled(1, 5); round += 1) {
    const standby = await startStandby(primary, settings);
    await execute(primary.url, synchronous);
    await execute(primary.url, "SELECT pg_reload_conf()");
    await until(async () => {
      const [row] = await execute(primary.url, "SELECT sync_state FROM pg_stat_replication");
      return row?.sync_state === "sync";
    }, 10_000);

    // The standby first: the one that takes writes has to be looked for.
    const server = new ServerProcess(issuer, { DATABASE_URL: severalHosts([standby, primary]) });
    onTestFinished(() => server.kill());
    await server.start();
    const pid = server.pid;
    const methods = await createUser(server, `witness-${round}`);
    const health = async (path: string) => (await fetch(`${server.origin}/health/${path}`)).status;
    expect(await health("ready")).toBe(200);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const connect = () => new Connection(() => server.origin, issuer);
    const load = new MixedLoad({ connect, clients: 16, seed, prefix: `round-${round}`, first: round * 16 });
    await load.createUsers();
    load.start();
    await load.acknowledgedMore(200);

    await primary.kill();
    await load.interrupted();
    await until(async () => (await health("ready")) === 503, longestResumption);
    expect(await health("live")).toBe(200);
    for (const call of [
      server.call(methods),
      server.call(methods, { body: { type: "email", email: "a@b.example" } }),
    ]) {
      const { status, headers } = await call;
      expect({ status, retryAfter: headers.get("retry-after") }).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^[1-9]\d*$/),
      });
      refused += 1;
    }

    // Nobody stands by the new primary yet.
    await execute(standby.url, "ALTER SYSTEM RESET synchronous_standby_names");
    await execute(standby.url, "SELECT pg_promote()");
    const resumption = await until(
      async () => (await server.call(methods)).status === 200 && (await health("ready")) === 200,
      longestResumption,
    );
    await load.check();
    load.start();
    await load.acknowledgedMore(100);
    await load.stop();
    await load.check();
    expect(server.pid).toBe(pid);
    for (const { status, retryAfter } of load.uncertain)
      expect({ status, retryAfter }).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^[1-9]\d*$/),
      });
    expect((await server.call(methods)).body).toEqual([]);
    await server.kill();
    await primary.stop();
    acknowledged += load.acknowledged;
    refused += load.uncertain.length;
    slowest = Math.max(slowest, resumption);
    primary = standby;
  }
  report(context, {
    failovers: scaled(1, 5),
    "acknowledged writes checked": acknowledged,
    lost: 0,
    "refused with 503": refused,
    "longest until resumed": milliseconds(slowest),
  });
});
