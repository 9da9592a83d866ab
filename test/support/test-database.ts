import { join } from "node:path";
import { inject } from "vitest";
import { schemaNamed } from "./postgres-schema.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What the tests of the API keep their data in. */
    store: "sqlite" | "postgres";
  }
}

/** The database of the test that has this folder: the same each time it asks. */
export async function databaseUrl(folder: string): Promise<string> {
  return inject("store") === "postgres" ? schemaNamed(folder) : `sqlite:${join(folder, "test.sqlite")}`;
}
