import { openMaintenance, openStore } from "../../../server/store/open.ts";
import { createSchema } from "../../support/postgres-schema.ts";
import { describeMaintenance } from "./maintenance-suite.ts";

describeMaintenance("the maintenance of PostgreSQL", async () => {
  const { url, drop } = await createSchema();
  return {
    open: (options) => openStore(url, options),
    maintain: () => openMaintenance(url),
    remove: drop,
  };
});
