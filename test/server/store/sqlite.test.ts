import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../../server/store/open.ts";
import { emptyDatabase } from "../../support/empty-database.ts";
import { describeStore } from "./suite.ts";

describeStore("the store in SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const url = `sqlite:${join(folder, "data", "test.sqlite")}`;
  return {
    open: (options) => openStore(url, options),
    empty: () => emptyDatabase(url, ["audit_chains"]),
    remove: () => rm(folder, { recursive: true }),
  };
});
