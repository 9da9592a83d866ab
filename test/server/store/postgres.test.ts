import { openStore } from "../../../server/store/open.ts";
import { emptyDatabase } from "../../support/empty-database.ts";
import { createSchema } from "../../support/postgres-schema.ts";
import { describeStore } from "./suite.ts";

describeStore("the store in PostgreSQL", async () => {
  const { url, drop } = await createSchema();
  return {
    open: (options) => openStore(url, options),
    empty: () => emptyDatabase(url, ["audit_chains"]),
    remove: drop,
  };
});
