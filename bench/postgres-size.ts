import { createSecretKey, randomBytes } from "node:crypto";
import postgres from "postgres";
import { toMethodRecord } from "../server/authentication-methods/record.ts";
import { defaultMethodLimits } from "../server/config/config.ts";
import { SecretCipher } from "../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../server/secrets/encryption-keys.ts";
import { openSecrets as openSecretsOf, type Secrets } from "../server/secrets/secrets.ts";
import type { Actor } from "../server/store/audit/event.ts";
import { openStore } from "../server/store/open.ts";
import type { Store } from "../server/store/store.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import { postgresSeconds } from "./postgres-processor.ts";
import { report } from "./report.ts";
import { numberSetting } from "./settings.ts";

/**
 * Prints what a method costs PostgreSQL: bytes kept, bytes logged, writes and processor time, from users who
 * have each of the five types once. For docs/postgresql.md; asserts nothing.
 */

const users = numberSetting("USERS", 20_000);
const concurrency = 64;

const credential = () => ({
  key_id: randomBytes(32).toString("base64url"),
  public_key: randomBytes(77).toString("base64"),
  relying_party_identifier: "login.example.com",
});
const makeRequest: readonly ((index: number) => Parameters<typeof toMethodRecord>[1])[] = [
  (index) => ({ type: "phone", name: "Phone", phone_number: `+44${String(index).padStart(10, "0")}` }),
  (index) => ({ type: "email", name: "Mail", email: `user${index}@example.com` }),
  () => ({ type: "totp", name: "App", totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }),
  () => ({ type: "webauthn-roaming", name: "Key", ...credential() }),
  () => ({ type: "passkey", name: "Passkey", ...credential(), transports: ["internal", "hybrid"] }),
];

const server = await startPostgres({ max_wal_size: "8GB" });
const actor: Actor = { subject: "bench", clientId: undefined, requestId: undefined, address: undefined };
const sql = postgres(server.url, { max: 1, onnotice: () => {} });
try {
  const secrets = await openSecrets();
  const userIds = Array.from({ length: users }, () => `auth0|${randomBytes(12).toString("hex")}`);
  // Type by type, so that those of one user do not come one after the other.
  const methods = makeRequest.flatMap((make) => userIds.map((id, index) => ({ id, request: make(index) })));

  const createUser = await measure(userIds, async (store, id) => {
    const connection = "Username-Password-Authentication";
    await store.createUser(
      { id, connection, email: `${id.slice(6)}@example.com`, name: null, createdAt: 1 },
      actor,
    );
  });
  const createMethod = await measure(methods, async (store, { id, request }) => {
    await store.createMethod(toMethodRecord(id, request, Date.now() * 1000, secrets), actor);
  });
  const listMethods = await measure(userIds, async (store, id) => {
    await store.listMethods(id, { offset: 0, limit: 50 });
  });

  await sql`VACUUM ANALYZE`;
  const tables = await sql`
    SELECT relname AS "table", n_live_tup AS rows,
      round(pg_table_size(relid)::numeric / n_live_tup)::int AS "table bytes/row",
      round(pg_indexes_size(relid)::numeric / n_live_tup)::int AS "index bytes/row",
      round(pg_total_relation_size(relid)::numeric / n_live_tup)::int AS "bytes/row"
    FROM pg_stat_user_tables WHERE n_live_tup > 100 ORDER BY relname`;
  const [total] = await sql`
    SELECT sum(pg_total_relation_size(relid)) FILTER (WHERE relname IN ('authentication_methods', 'credentials'))
      / ${methods.length}::int AS bytes FROM pg_stat_user_tables`;
  await report({
    name: "postgres-size",
    how: `${users} users with one method of each type`,
    rows: [...tables].map(({ table, ...row }) => ({ "": table, ...row })),
    notes: [`${Math.round(Number(total?.bytes))} bytes for a method, its credential included.`],
  });
  await report({
    name: "postgres-cost",
    how: `each of them, ${concurrency} at a time, without HTTP`,
    rows: Object.entries({
      "create a user": createUser,
      "create a method": createMethod,
      "list 5 methods": listMethods,
    }).map(([name, costs]) => ({ "": name, ...costs })),
  });
} finally {
  await sql.end();
  await server.stop();
}

function open(): Promise<Store> {
  return openStore(server.url, {
    unknownUsers: "reject",
    limits: defaultMethodLimits,
    auditKey: async () => createSecretKey(randomBytes(32)),
  });
}

async function openSecrets(): Promise<Secrets> {
  const store = await open();
  const cipher = new SecretCipher(parseEncryptionKeys(`k1:${randomBytes(32).toString("base64")}`));
  const secrets = await openSecretsOf(store, cipher);
  await store.close();
  return secrets;
}

/** What each item costs, from those sent 64 at a time; a checkpoint before and after brings all to the disk. */
async function measure<Item>(items: readonly Item[], send: (store: Store, item: Item) => Promise<void>) {
  const store = await open();
  await sql`CHECKPOINT`;
  const [before, cpuBefore, start] = [
    await counters(),
    await postgresSeconds(server.folder, sql),
    performance.now(),
  ];
  const own = process.cpuUsage();
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await send(store, item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(own);
  // Connections tell what they have done at the latest when they are closed.
  await store.close();
  await sql`CHECKPOINT`;
  const [after, cpuAfter] = [await counters(), await postgresSeconds(server.folder, sql)];
  const each = (total: number) => Number((total / items.length).toPrecision(3));
  return {
    "per second": Math.round(items.length / seconds),
    "server µs": each(user + system),
    "PostgreSQL µs": each((cpuAfter - cpuBefore) * 1e6),
    "log bytes": each(after.wal - before.wal),
    "log flushes": each(after.flushes - before.flushes),
    "page writes": each(after.pages - before.pages),
  };
}

async function counters() {
  const [row] = await sql<{ wal: number; flushes: number; pages: number }[]>`
    SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS wal,
      (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')::float8 AS flushes,
      (SELECT sum(writes) FROM pg_stat_io WHERE object = 'relation')::float8 AS pages`;
  if (row === undefined) throw new Error("PostgreSQL has no counters");
  return row;
}
