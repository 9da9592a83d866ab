import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../../server/store/open.ts";
import { describeStore } from "./suite.ts";

describeStore("the store in SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  return {
    open: (options) => openStore(`sqlite:${join(folder, "data", "test.sqlite")}`, options),
    remove: () => rm(folder, { recursive: true }),
  };
});
