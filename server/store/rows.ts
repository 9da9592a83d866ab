import type { CreateUserOutcome, IdempotentAnswer, MethodRecord, UserRecord } from "./store.ts";

/** The rows that a write sees and changes; each engine has its own of the same names in `rows/`. */
export interface Rows {
  readonly users: UserRows;
  readonly methods: MethodRows;
  readonly answers: AnswerRows;
  readonly settings: SettingRows;
}

export interface UserRows {
  exists(id: string): boolean;
  create(user: UserRecord): CreateUserOutcome;
  delete(id: string): void;
}

/** What decides whether a method may be created. */
export interface Room {
  readonly userExists: boolean;
  /** How many methods of its type the user has. */
  readonly count: number;
  /** Whether its unique value or its credential is another's. */
  readonly isTaken: boolean;
}

/** Methods with the credentials they hold. */
export interface MethodRows {
  room(method: MethodRecord): Room;
  /** Whether a user other than `userId` has registered the credential. */
  credentialOfAnother(credentialId: string, userId: string): boolean;
  hasPasskey(userId: string): boolean;
  get(userId: string, id: string): MethodRecord | undefined;
  /** `attributes` are those of the method, as JSON. */
  insert(method: MethodRecord, attributes: string): void;
  setAttributes(userId: string, id: string, attributes: string): void;
  /** Whether there was one. */
  delete(userId: string, id: string): boolean;
  deleteAll(userId: string): void;
}

export interface AnswerRows {
  /** The answer kept under the key of `answer`, unless it has expired at `now` (microseconds since the UNIX epoch). */
  get(answer: IdempotentAnswer, now: number): IdempotentAnswer | undefined;
  keep(answer: IdempotentAnswer, now: number): void;
}

export interface SettingRows {
  /** The value kept under `name`; `initial`, which is kept then, where there is none. */
  getOrCreate(name: string, initial: string): string;
}
