import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { seededRandom } from "./support/random.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";

const rounds = scaled(5, 200);
const clients = 16;

/** Kills the server again and again in the middle of a load; `inspect` looks at the database after each start. */
async function killAgainAndAgain(
  databaseUrl: string,
  {
    afterKill = async () => {},
    afterStart = () => {},
  }: { afterKill?: () => Promise<void>; afterStart?: () => void },
) {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.http.goDown());
  const server = new ServerProcess(issuer, { DATABASE_URL: databaseUrl });
  onTestFinished(() => server.kill());
  await server.start();
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = seededRandom(seed);
  const load = new MixedLoad(server, clients, seed);
  await load.createUsers();
  for (let round = 0; round < rounds; round += 1) {
    load.start();
    await load.acknowledgedMore(20 + Math.floor(random() * 300));
    await server.kill();
    await load.stop();
    await afterKill();
    await server.start();
    await load.check();
    afterStart();
  }
  return load;
}

function counted({ acknowledged, doneUnacknowledged, notDone }: MixedLoad) {
  return {
    kills: rounds,
    "acknowledged writes checked": acknowledged,
    lost: 0,
    "unanswered and done": doneUnacknowledged,
    "unanswered and not done": notDone,
  };
}

test("a server on SQLite that is killed under load has kept every write it acknowledged", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "killed-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "test.sqlite");
  const load = await killAgainAndAgain(`sqlite:${path}`, {
    afterStart() {
      const database = new DatabaseSync(path, { readOnly: true });
      try {
        expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
        expect(database.prepare(halves).all()).toEqual([]);
      } finally {
        database.close();
      }
    },
  });
  report(context, { ...counted(load), "integrity checks passed": rounds });
});

/** Methods without the credential that they claim, and credentials without their method. */
const halves = `
  SELECT user_id, id FROM authentication_methods AS method
  WHERE credential_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM credentials WHERE credential_id = method.credential_id AND method_id = method.id
  )
  UNION ALL
  SELECT user_id, method_id FROM credentials WHERE NOT EXISTS (
    SELECT 1 FROM authentication_methods AS method WHERE method.id = method_id AND method.user_id = credentials.user_id
  )`;
