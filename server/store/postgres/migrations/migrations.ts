import type { Migration } from "../../migration.ts";
import { initialSchema } from "./001-initial-schema.ts";
import { verification } from "./002-verification.ts";
import { audit } from "./003-audit.ts";
import { answersOfMethods } from "./004-answers-of-methods.ts";

/**
 * Every step of the PostgreSQL schema, in order. They run while other servers serve requests: a step takes no
 * lock that makes those wait for work on a whole table (no rewrite, no validation of what is there already).
 */
export const migrations: readonly Migration[] = [initialSchema, verification, audit, answersOfMethods];
