import { join } from "node:path";
import { onTestFinished } from "vitest";
import { defaultMethodLimits } from "../../server/config/config.ts";
import { SecretCipher } from "../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../server/secrets/encryption-keys.ts";
import { openSecrets } from "../../server/secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "../../server/secrets/wrapped-key.ts";
import { strictlyIncreasingClock } from "../../server/store/clock.ts";
import { openStore, openTables } from "../../server/store/open.ts";
import type { StoreOptions } from "../../server/store/store.ts";
import { createDatabase } from "./postgres.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const oldKey = `old:${Buffer.alloc(32, 1).toString("base64")}`;
export const newKey = `new:${Buffer.alloc(32, 2).toString("base64")}`;

/** The URL of a database that does not exist yet. */
export async function newDatabaseUrl(): Promise<string> {
  return `sqlite:${join(await temporaryFolder(), "test.sqlite")}`;
}

/** The URL of an empty PostgreSQL database. */
export async function newPostgresUrl(): Promise<string> {
  const { url, drop } = await createDatabase();
  onTestFinished(drop);
  return url;
}

/** What a server has of a database, and what maintenance has; closed when the test is finished. */
export async function openDatabase(...args: Parameters<typeof openLastingDatabase>) {
  const { close, ...database } = await openLastingDatabase(...args);
  onTestFinished(close);
  return database;
}

/** Likewise, closed by its caller. */
export async function openLastingDatabase(
  url: string,
  { keys = oldKey, ...options }: Partial<StoreOptions> & { readonly keys?: string } = {},
) {
  const cipher = new SecretCipher(parseEncryptionKeys(keys));
  const auditKey: StoreOptions["auditKey"] = (settings) =>
    openWrappedKey(settings, cipher, wrappedKeys.audit);
  const store = await openStore(url, {
    unknownUsers: "reject",
    limits: defaultMethodLimits,
    auditKey,
    ...options,
  });
  const maintenance = await openTables(url);
  return {
    url,
    store,
    maintenance,
    cipher,
    secrets: await openSecrets(store, cipher),
    now: strictlyIncreasingClock(),
    async close() {
      await Promise.all([store.close(), maintenance.close()]);
    },
  };
}
