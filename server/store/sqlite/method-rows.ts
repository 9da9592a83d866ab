import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { AuthenticationMethodType, MethodRecord } from "../store.ts";

const columns =
  "user_id, id, type, unique_value, credential_id, created_at, encrypted_secret, attributes" as const;

/** What decides whether a method may be created. */
interface Room {
  readonly userExists: boolean;
  /** How many methods of its type the user has. */
  readonly count: number;
  /** Whether its unique value or its credential is another's. */
  readonly isTaken: boolean;
}

/** The statements on `authentication_methods` and `credentials`; those that write are called inside a transaction. */
export class SqliteMethodRows {
  readonly #room: StatementSync;
  readonly #credentialOfAnother: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertCredential: StatementSync;
  readonly #select: StatementSync;
  readonly #selectPage: StatementSync;
  readonly #count: StatementSync;
  readonly #hasPasskey: StatementSync;
  readonly #update: StatementSync;
  readonly #deleteCredential: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteCredentials: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#room = prepare(`
      SELECT EXISTS (SELECT 1 FROM users WHERE id = ?1) AS userExists,
        count(*) AS count,
        coalesce(max(unique_value = ?3), FALSE)
          OR EXISTS (SELECT 1 FROM credentials WHERE credential_id = ?4) AS isTaken
      FROM authentication_methods WHERE user_id = ?1 AND type = ?2`);
    this.#credentialOfAnother = prepare("SELECT 1 FROM credentials WHERE credential_id = ? AND user_id <> ?");
    this.#insert = prepare(`INSERT INTO authentication_methods (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#insertCredential = prepare(
      "INSERT INTO credentials (credential_id, user_id, method_id) VALUES (?, ?, ?)",
    );
    this.#select = prepare(`SELECT ${columns} FROM authentication_methods WHERE user_id = ? AND id = ?`);
    this.#selectPage = prepare(`
      SELECT ${columns} FROM authentication_methods WHERE user_id = ? ORDER BY created_at, id LIMIT ? OFFSET ?`);
    this.#count = prepare("SELECT count(*) AS count FROM authentication_methods WHERE user_id = ?");
    this.#hasPasskey = prepare(
      "SELECT 1 FROM authentication_methods WHERE user_id = ? AND type = 'passkey' LIMIT 1",
    );
    this.#update = prepare("UPDATE authentication_methods SET attributes = ? WHERE user_id = ? AND id = ?");
    this.#deleteCredential = prepare(`
      DELETE FROM credentials WHERE credential_id =
        (SELECT credential_id FROM authentication_methods WHERE user_id = ? AND id = ?)`);
    this.#delete = prepare("DELETE FROM authentication_methods WHERE user_id = ? AND id = ?");
    this.#deleteCredentials = prepare(`
      DELETE FROM credentials WHERE credential_id IN
        (SELECT credential_id FROM authentication_methods WHERE user_id = ?)`);
    this.#deleteAll = prepare("DELETE FROM authentication_methods WHERE user_id = ?");
  }

  room({ userId, type, uniqueValue, credentialId }: MethodRecord): Room {
    const row = this.#room.get(userId, type, uniqueValue, credentialId);
    return { userExists: row?.userExists === 1, count: Number(row?.count), isTaken: row?.isTaken === 1 };
  }

  /** Whether a user other than `userId` has registered the credential. */
  credentialOfAnother(credentialId: string, userId: string): boolean {
    return this.#credentialOfAnother.get(credentialId, userId) !== undefined;
  }

  /** `attributes` are those of the method, as JSON. */
  insert(method: MethodRecord, attributes: string): void {
    const { userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret } = method;
    if (credentialId !== null) this.#insertCredential.run(credentialId, userId, id);
    this.#insert.run(userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret, attributes);
  }

  get(userId: string, id: string): MethodRecord | undefined {
    const row = this.#select.get(userId, id);
    return row && toMethod(row);
  }

  page(userId: string, offset: number, limit: number): MethodRecord[] {
    return this.#selectPage.all(userId, limit, offset).map(toMethod);
  }

  count(userId: string): number {
    return Number(this.#count.get(userId)?.count);
  }

  hasPasskey(userId: string): boolean {
    return this.#hasPasskey.get(userId) !== undefined;
  }

  setAttributes(userId: string, id: string, attributes: string): void {
    this.#update.run(attributes, userId, id);
  }

  /** Whether there was one. */
  delete(userId: string, id: string): boolean {
    this.#deleteCredential.run(userId, id);
    return this.#delete.run(userId, id).changes === 1;
  }

  deleteAll(userId: string): void {
    this.#deleteCredentials.run(userId);
    this.#deleteAll.run(userId);
  }
}

function toMethod(row: Record<string, SQLOutputValue>): MethodRecord {
  return {
    userId: row.user_id as string,
    id: row.id as string,
    type: row.type as AuthenticationMethodType,
    createdAt: row.created_at as number,
    attributes: JSON.parse(row.attributes as string) as MethodRecord["attributes"],
    encryptedSecret: row.encrypted_secret as string | null,
    uniqueValue: row.unique_value as string | null,
    credentialId: row.credential_id as string | null,
  };
}
