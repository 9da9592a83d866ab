import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, openTables } from "../../../server/store/open.ts";
import { describeTables } from "./tables-suite.ts";

describeTables("the tables of SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tables-"));
  const url = `sqlite:${join(folder, "test.sqlite")}`;
  return {
    open: (options) => openStore(url, options),
    openTables: () => openTables(url),
    remove: () => rm(folder, { recursive: true }),
  };
});
