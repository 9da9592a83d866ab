import { DatabaseSync } from "node:sqlite";
import { test } from "vitest";
import { Connection } from "./support/connection.ts";
import { databases } from "./support/databases.ts";
import { report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { seededRandom } from "./support/random.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";

const kills = scaled(5, 200);
const clients = 16;

test.concurrent.for(databases)(
  "a server on $kind that is killed under load has kept every write it acknowledged",
  { timeout: scaled(120_000, 3_600_000) },
  async ({ create }, context) => {
    const { onTestFinished, expect } = context;
    const database = await create();
    onTestFinished(() => database.remove());
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const server = new ServerProcess(issuer, { DATABASE_URL: database.url });
    onTestFinished(() => server.kill());
    await server.start();
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = seededRandom(seed);
    const connect = () => new Connection(() => server.origin, issuer);
    const load = new MixedLoad({ connect, clients, seed });
    await load.createUsers();

    for (let kill = 0; kill < kills; kill += 1) {
      load.start();
      await load.acknowledgedMore(20 + Math.floor(random() * 300));
      await server.kill();
      await load.stop();
      await server.start();
      await load.check();
      if (database.url.startsWith("sqlite:"))
        expect(faultsOf(database.url.slice("sqlite:".length))).toEqual([]);
    }
    report(context, {
      kills,
      "acknowledged writes checked": load.acknowledged,
      lost: 0,
      "unanswered and wholly done": load.found.done,
      "unanswered and not done": load.found.notDone,
    });
  },
);

/** What SQLite finds wrong in the file, its unique indexes included. */
function faultsOf(path: string): readonly object[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const faults = database.prepare(
      "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    );
    return faults.all();
  } finally {
    database.close();
  }
}
