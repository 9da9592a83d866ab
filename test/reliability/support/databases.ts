import { createDatabase } from "../../support/postgres.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** An empty database of one kind, for servers to be started on. */
export interface TestDatabase {
  readonly url: string;
  remove(): Promise<void>;
}

/** What each proof that concerns the store is given for. */
export const databases: readonly { readonly kind: string; create(): Promise<TestDatabase> }[] = [
  {
    kind: "SQLite",
    async create() {
      const { path, remove } = await temporaryFolder();
      return { url: `sqlite:${path}/test.sqlite`, remove };
    },
  },
  {
    kind: "PostgreSQL",
    async create() {
      const { url, drop } = await createDatabase();
      return { url, remove: drop };
    },
  },
];
