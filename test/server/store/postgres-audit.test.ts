import postgres from "postgres";
import { openStore, openTables } from "../../../server/store/open.ts";
import { createSchema } from "../../support/postgres-schema.ts";
import { describeAudit } from "./audit-suite.ts";

describeAudit("the audit trail in PostgreSQL", async () => {
  const { url, drop } = await createSchema();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return {
    open: (options) => openStore(url, options),
    openTables: () => openTables(url),
    async execute(text) {
      await sql.unsafe(text);
    },
    at: (chainId, sequence) => `chain_id = ${chainId} AND sequence = ${sequence}`,
    async remove() {
      await sql.end();
      await drop();
    },
  };
});
