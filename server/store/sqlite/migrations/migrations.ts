import type { Migration } from "../../migration.ts";
import { initialSchema } from "./001-initial-schema.ts";
import { credentialIndex } from "./002-credential-index.ts";
import { verification } from "./003-verification.ts";

/** Every step of the SQLite schema, in order. */
export const migrations: readonly Migration[] = [initialSchema, credentialIndex, verification];
