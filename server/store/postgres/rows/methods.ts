import type { MethodRows, Room, UserRows } from "../../rows.ts";
import type { MethodRecord } from "../../store.ts";

/** What the rules look at in a method they do not change. */
export type MethodHead = Pick<MethodRecord, "userId" | "id" | "type" | "uniqueValue" | "credentialId">;

/** A method to be written, its attributes as JSON. */
export interface WrittenMethod {
  readonly method: MethodRecord;
  readonly attributes: string;
}

interface Entry {
  readonly head: MethodHead;
  /** Absent where only the head was loaded. */
  record?: MethodRecord;
  /** Absent while they are as they were loaded. */
  attributes?: string;
  /** Whether the database has a row for it. */
  readonly isStored: boolean;
}

/** The methods of the users that a batch of writes concerns, in memory: what they are, and what becomes of them. */
export class PostgresMethodRows implements MethodRows {
  readonly #users: UserRows;
  readonly #methods = new Map<string, Map<string, Entry>>();
  readonly #credentials: Map<string, string>;
  readonly #deleted: MethodHead[] = [];

  /**
   * @param heads all the methods of the users concerned
   * @param records those among them that may be changed
   * @param credentials the users of the credentials that may be claimed
   */
  constructor(
    heads: readonly MethodHead[],
    records: readonly MethodRecord[],
    credentials: ReadonlyMap<string, string>,
    users: UserRows,
  ) {
    this.#users = users;
    this.#credentials = new Map(credentials);
    for (const head of heads) {
      this.#methodsOf(head.userId).set(head.id, { head, isStored: true });
      if (head.credentialId !== null) this.#credentials.set(head.credentialId, head.userId);
    }
    for (const record of records) {
      this.#methodsOf(record.userId).set(record.id, { head: record, record, isStored: true });
    }
  }

  room({ userId, type, uniqueValue, credentialId }: MethodRecord): Room {
    const ofType = this.#heads(userId).filter((head) => head.type === type);
    const isValueTaken = uniqueValue !== null && ofType.some((head) => head.uniqueValue === uniqueValue);
    const isCredentialTaken = credentialId !== null && this.#credentials.has(credentialId);
    return {
      userExists: this.#users.exists(userId),
      count: ofType.length,
      isTaken: isValueTaken || isCredentialTaken,
    };
  }

  credentialOfAnother(credentialId: string, userId: string): boolean {
    const owner = this.#credentials.get(credentialId);
    return owner !== undefined && owner !== userId;
  }

  hasPasskey(userId: string): boolean {
    return this.#heads(userId).some(({ type }) => type === "passkey");
  }

  get(userId: string, id: string): MethodRecord | undefined {
    return this.#methodsOf(userId).get(id)?.record;
  }

  holds({ userId, id, uniqueValue, credentialId }: MethodRecord): boolean {
    const head = this.#methodsOf(userId).get(id)?.head;
    return head !== undefined && head.uniqueValue === uniqueValue && head.credentialId === credentialId;
  }

  insert(method: MethodRecord, attributes: string): void {
    const methods = this.#methodsOf(method.userId);
    if (methods.has(method.id)) throw new Error("The user has a method with this id.");
    methods.set(method.id, { head: method, record: method, attributes, isStored: false });
    if (method.credentialId !== null) this.#credentials.set(method.credentialId, method.userId);
  }

  setAttributes(userId: string, id: string, attributes: string): void {
    const entry = this.#methodsOf(userId).get(id);
    if (entry?.record === undefined) return;
    entry.record = { ...entry.record, attributes: JSON.parse(attributes) };
    entry.attributes = attributes;
  }

  delete(userId: string, id: string): boolean {
    const methods = this.#methodsOf(userId);
    const entry = methods.get(id);
    if (entry === undefined) return false;
    methods.delete(id);
    if (entry.isStored) this.#deleted.push(entry.head);
    if (entry.head.credentialId !== null) this.#credentials.delete(entry.head.credentialId);
    return true;
  }

  deleteAll(userId: string): readonly string[] {
    const ids = [...this.#methodsOf(userId).keys()];
    for (const id of ids) this.delete(userId, id);
    return ids;
  }

  /** Stored methods that are gone. */
  get deleted(): readonly MethodHead[] {
    return this.#deleted;
  }

  /** Methods that are not stored yet. */
  get inserted(): readonly WrittenMethod[] {
    return this.#changed(false);
  }

  /** Stored methods whose attributes are others now. */
  get updated(): readonly WrittenMethod[] {
    return this.#changed(true);
  }

  #changed(isStored: boolean): readonly WrittenMethod[] {
    const changed: WrittenMethod[] = [];
    for (const methods of this.#methods.values()) {
      for (const { record: method, attributes, isStored: stored } of methods.values()) {
        if (stored === isStored && method !== undefined && attributes !== undefined)
          changed.push({ method, attributes });
      }
    }
    return changed;
  }

  #methodsOf(userId: string): Map<string, Entry> {
    const known = this.#methods.get(userId);
    if (known !== undefined) return known;
    const methods = new Map<string, Entry>();
    this.#methods.set(userId, methods);
    return methods;
  }

  #heads(userId: string): readonly MethodHead[] {
    return [...this.#methodsOf(userId).values()].map(({ head }) => head);
  }
}
