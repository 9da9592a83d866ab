import type { IdempotentAnswer, MethodRecord } from "../../store.ts";
import { WorkingAnswers } from "./answers.ts";
import { type MethodHead, WorkingMethods } from "./methods.ts";
import { WorkingSettings } from "./settings.ts";
import { WorkingUsers } from "./users.ts";

/** What a batch of writes may touch. */
export interface Scope {
  readonly userIds: readonly string[];
  /** The credentials that may be claimed. */
  readonly credentialIds: readonly string[];
  /** The methods that may be changed. */
  readonly methods: readonly { readonly userId: string; readonly id: string }[];
  /** The answers that may be replayed or kept. */
  readonly answers: readonly IdempotentAnswer[];
  /** The names of the settings that may be read or kept. */
  readonly settings: readonly string[];
}

/** The rows in a `Scope`, as they are in the database. */
export interface LoadedRows {
  readonly userIds: ReadonlySet<string>;
  /** All methods of the users. */
  readonly heads: readonly MethodHead[];
  readonly methods: readonly MethodRecord[];
  /** Whose the credentials are. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly answers: readonly IdempotentAnswer[];
  readonly settings: ReadonlyMap<string, string>;
}

/** The rows in a `Scope` in memory, where the rules of writes are run on them. */
export class WorkingSet {
  readonly users: WorkingUsers;
  readonly methods: WorkingMethods;
  readonly answers: WorkingAnswers;
  readonly settings: WorkingSettings;

  constructor(rows: LoadedRows) {
    this.users = new WorkingUsers(rows.userIds);
    this.methods = new WorkingMethods(rows.heads, rows.methods, rows.credentials, this.users);
    this.answers = new WorkingAnswers(rows.answers);
    this.settings = new WorkingSettings(rows.settings);
  }
}
