import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStore, openTables } from "../../../server/store/open.ts";
import { describeAudit } from "./audit-suite.ts";

describeAudit("the audit trail in SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "audit-"));
  const path = join(folder, "test.sqlite");
  return {
    open: (options) => openStore(`sqlite:${path}`, options),
    openTables: () => openTables(`sqlite:${path}`),
    async execute(sql) {
      const other = new DatabaseSync(path);
      other.exec(sql);
      other.close();
    },
    at: (chainId, sequence) => `id = ${chainId * 2 ** 32 + sequence}`,
    remove: () => rm(folder, { recursive: true }),
  };
});
