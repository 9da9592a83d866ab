import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openMaintenance, openStore } from "../../../server/store/open.ts";
import { describeMaintenance } from "./maintenance-suite.ts";

describeMaintenance("the maintenance of SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "maintenance-"));
  const url = `sqlite:${join(folder, "test.sqlite")}`;
  return {
    open: (options) => openStore(url, options),
    maintain: () => openMaintenance(url),
    remove: () => rm(folder, { recursive: true }),
  };
});
