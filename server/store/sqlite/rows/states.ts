import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { StateRows } from "../../rows.ts";
import type { MethodState, StateKey } from "../../verification.ts";

/** The columns of a `MethodState`, `devices` as JSON. */
export const stateColumns = `
  user_id AS userId, method_id AS methodId, last_auth_at AS lastAuthAt, totp_step AS totpStep,
  sign_count AS signCount, failures_full_at AS failuresFullAt, consecutive_failures AS consecutiveFailures,
  sends_full_at AS sendsFullAt, devices`;

/** The statements on `method_states`; those that write are called inside a transaction. */
export class SqliteStateRows implements StateRows {
  readonly #select: StatementSync;
  readonly #lastUses: StatementSync;
  readonly #replace: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#select = prepare(`SELECT ${stateColumns} FROM method_states WHERE user_id = ? AND method_id = ?`);
    this.#lastUses = prepare(
      "SELECT method_id AS methodId, last_auth_at AS lastAuthAt FROM method_states WHERE user_id = ?",
    );
    this.#replace = prepare("INSERT OR REPLACE INTO method_states VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#delete = prepare("DELETE FROM method_states WHERE user_id = ? AND method_id = ?");
    this.#deleteAll = prepare("DELETE FROM method_states WHERE user_id = ?");
  }

  get({ userId, methodId }: StateKey): MethodState | undefined {
    const row = this.#select.get(userId, methodId);
    return row && toState(row);
  }

  /** When each of the user's methods was last used, in microseconds since the UNIX epoch. */
  lastUses(userId: string): ReadonlyMap<string, number | null> {
    const rows = this.#lastUses.all(userId) as unknown as Pick<MethodState, "methodId" | "lastAuthAt">[];
    return new Map(rows.map(({ methodId, lastAuthAt }) => [methodId, lastAuthAt]));
  }

  put(state: MethodState): void {
    this.#replace.run(
      state.userId,
      state.methodId,
      state.lastAuthAt,
      state.totpStep,
      state.signCount,
      state.failuresFullAt,
      state.consecutiveFailures,
      state.sendsFullAt,
      JSON.stringify(state.devices),
    );
  }

  delete({ userId, methodId }: StateKey): void {
    this.#delete.run(userId, methodId);
  }

  deleteAll(userId: string): void {
    this.#deleteAll.run(userId);
  }
}

/** @param row of `stateColumns` */
export function toState(row: object): MethodState {
  const { devices, ...state } = row as Omit<MethodState, "devices"> & { readonly devices: string };
  return { ...state, devices: JSON.parse(devices) as MethodState["devices"] };
}
