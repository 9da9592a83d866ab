import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { MethodRows, Room } from "../../rows.ts";
import type { AuthenticationMethodType, MethodRecord } from "../../store.ts";

/** In the order in which a method is written. */
export const columns =
  "user_id, id, type, unique_value, credential_id, created_at, encrypted_secret, attributes";

/** A row of `columns`. */
export type MethodRow = [
  userId: string,
  id: string,
  type: AuthenticationMethodType,
  uniqueValue: string | null,
  credentialId: string | null,
  createdAt: number,
  encryptedSecret: string | null,
  attributes: string,
];
const idColumn = 1;
const createdAtColumn = 5;

/** The statements on `authentication_methods`; those that write are called inside a transaction. */
export class SqliteMethodRows implements MethodRows {
  readonly #room: StatementSync;
  readonly #credentialOfAnother: StatementSync;
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #holds: StatementSync;
  readonly #selectCredential: StatementSync;
  readonly #selectAll: StatementSync;
  readonly #hasPasskey: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#room = prepare(`
      SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1),
        count(*),
        coalesce(max(unique_value = ?3), FALSE)
          OR EXISTS (SELECT 1 FROM authentication_methods WHERE credential_id = ?4)
      FROM authentication_methods WHERE user_id = ?1 AND type = ?2`);
    this.#credentialOfAnother = prepare(
      "SELECT 1 FROM authentication_methods WHERE credential_id = ? AND user_id <> ?",
    );
    this.#insert = prepare(`INSERT INTO authentication_methods (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#select = prepare(`SELECT ${columns} FROM authentication_methods WHERE user_id = ? AND id = ?`);
    this.#holds = prepare(`
      SELECT 1 FROM authentication_methods
      WHERE user_id = ? AND id = ? AND unique_value IS ? AND credential_id IS ?`);
    this.#selectCredential = prepare(`SELECT ${columns} FROM authentication_methods WHERE credential_id = ?`);
    this.#selectAll = prepare(`SELECT ${columns} FROM authentication_methods WHERE user_id = ?`);
    // Arrays are made faster than objects.
    for (const select of [this.#room, this.#select, this.#selectCredential, this.#selectAll])
      select.setReturnArrays(true);
    this.#hasPasskey = prepare(
      "SELECT 1 FROM authentication_methods WHERE user_id = ? AND type = 'passkey' LIMIT 1",
    );
    this.#update = prepare("UPDATE authentication_methods SET attributes = ? WHERE user_id = ? AND id = ?");
    this.#delete = prepare("DELETE FROM authentication_methods WHERE user_id = ? AND id = ?");
    this.#deleteAll = prepare("DELETE FROM authentication_methods WHERE user_id = ? RETURNING id");
  }

  room({ userId, type, uniqueValue, credentialId }: MethodRecord): Room {
    const [userExists, count, isTaken] = this.#room.get(
      userId,
      type,
      uniqueValue,
      credentialId,
    ) as unknown as [number, number, number];
    return { userExists: userExists === 1, count, isTaken: isTaken === 1 };
  }

  credentialOfAnother(credentialId: string, userId: string): boolean {
    return this.#credentialOfAnother.get(credentialId, userId) !== undefined;
  }

  insert(method: MethodRecord, attributes: string): void {
    const { userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret } = method;
    this.#insert.run(userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret, attributes);
  }

  get(userId: string, id: string): MethodRecord | undefined {
    const row = this.#select.get(userId, id) as unknown as MethodRow | undefined;
    return row && toMethod(row);
  }

  holds({ userId, id, uniqueValue, credentialId }: MethodRecord): boolean {
    return this.#holds.get(userId, id, uniqueValue, credentialId) !== undefined;
  }

  /** The method of any user that has the credential. */
  ofCredential(credentialId: string): MethodRecord | undefined {
    const row = this.#selectCredential.get(credentialId) as unknown as MethodRow | undefined;
    return row && toMethod(row);
  }

  /**
   * One page of a user's methods by `createdAt` and `id`, and how many there are in all. They are few: to sort
   * them here takes half as long as ORDER BY, which builds a table for it.
   */
  page(userId: string, offset: number, limit: number): { methods: MethodRecord[]; total: number } {
    const rows = this.#selectAll.all(userId) as unknown as MethodRow[];
    rows.sort(byCreation);
    return { methods: rows.slice(offset, offset + limit).map(toMethod), total: rows.length };
  }

  hasPasskey(userId: string): boolean {
    return this.#hasPasskey.get(userId) !== undefined;
  }

  setAttributes(userId: string, id: string, attributes: string): void {
    this.#update.run(attributes, userId, id);
  }

  delete(userId: string, id: string): boolean {
    return this.#delete.run(userId, id).changes === 1;
  }

  deleteAll(userId: string): readonly string[] {
    return this.#deleteAll.all(userId).map(({ id }) => id as string);
  }
}

export function toMethod(row: MethodRow): MethodRecord {
  const [userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret, attributes] = row;
  return {
    userId,
    id,
    type,
    createdAt,
    attributes: JSON.parse(attributes) as MethodRecord["attributes"],
    encryptedSecret,
    uniqueValue,
    credentialId,
  };
}

function byCreation(one: MethodRow, other: MethodRow): number {
  return one[createdAtColumn] - other[createdAtColumn] || (one[idColumn] < other[idColumn] ? -1 : 1);
}
