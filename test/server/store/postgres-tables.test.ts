import { openStore, openTables } from "../../../server/store/open.ts";
import { createSchema } from "../../support/postgres-schema.ts";
import { describeTables } from "./tables-suite.ts";

describeTables("the tables of PostgreSQL", async () => {
  const { url, drop } = await createSchema();
  return {
    open: (options) => openStore(url, options),
    openTables: () => openTables(url),
    remove: drop,
  };
});
