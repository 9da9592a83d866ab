import type { Migration } from "../../migration.ts";
import { initialSchema } from "./001-initial-schema.ts";
import { credentialIndex } from "./002-credential-index.ts";
import { verification } from "./003-verification.ts";
import { audit } from "./004-audit.ts";
import { answersOfMethods } from "./005-answers-of-methods.ts";

/** Every step of the SQLite schema, in order. */
export const migrations: readonly Migration[] = [
  initialSchema,
  credentialIndex,
  verification,
  audit,
  answersOfMethods,
];
