import type { DatabaseSync } from "node:sqlite";
import type { Rows } from "../../rows.ts";
import { SqliteAnswerRows } from "./answers.ts";
import { SqliteAuditRows } from "./audit.ts";
import { SqliteChallengeRows } from "./challenges.ts";
import { SqliteMethodRows } from "./methods.ts";
import { SqliteSettingRows } from "./settings.ts";
import { SqliteStateRows } from "./states.ts";
import { SqliteUserRows } from "./users.ts";

/** The rows of a SQLite file, looked at and changed in place. */
export class SqliteRows implements Rows {
  readonly users: SqliteUserRows;
  readonly methods: SqliteMethodRows;
  readonly answers: SqliteAnswerRows;
  readonly settings: SqliteSettingRows;
  readonly states: SqliteStateRows;
  readonly challenges: SqliteChallengeRows;
  readonly audit: SqliteAuditRows;

  constructor(database: DatabaseSync) {
    this.users = new SqliteUserRows(database);
    this.methods = new SqliteMethodRows(database);
    this.answers = new SqliteAnswerRows(database);
    this.settings = new SqliteSettingRows(database);
    this.states = new SqliteStateRows(database);
    this.challenges = new SqliteChallengeRows(database);
    this.audit = new SqliteAuditRows(database);
  }
}
