import type { UnsealedRow } from "./audit/chain.ts";
import type { CreateUserOutcome, IdempotentAnswer, MethodRecord, UserRecord } from "./store.ts";
import type { AnsweredChallenge, ChallengeKey, MethodState, StateKey } from "./verification.ts";

/** The rows that a write sees and changes; each engine has its own of the same names in `rows/`. */
export interface Rows {
  readonly users: UserRows;
  readonly methods: MethodRows;
  readonly answers: AnswerRows;
  readonly settings: SettingRows;
  readonly states: StateRows;
  readonly challenges: ChallengeRows;
  readonly audit: AuditRows;
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
  /** Whether the method is there, and what must be unique of it is the same. */
  holds(method: MethodRecord): boolean;
  /** `attributes` are those of the method, as JSON. */
  insert(method: MethodRecord, attributes: string): void;
  setAttributes(userId: string, id: string, attributes: string): void;
  /** Whether there was one. */
  delete(userId: string, id: string): boolean;
  /** Gives the ids of those there were. */
  deleteAll(userId: string): readonly string[];
}

export interface AnswerRows {
  /** The answer kept under the key of `answer`, unless it has expired at `now` (microseconds since the UNIX epoch). */
  get(answer: IdempotentAnswer, now: number): IdempotentAnswer | undefined;
  keep(answer: IdempotentAnswer, now: number): void;
  /** Removes those to the creation of a method, or of all of a user. */
  delete(userId: string, methodId?: string): void;
}

export interface SettingRows {
  /** The value kept under `name`; `initial`, which is kept then, where there is none. */
  getOrCreate(name: string, initial: string): string;
}

/** What the use of methods leaves behind. */
export interface StateRows {
  get(key: StateKey): MethodState | undefined;
  /** In the place of the one under the same key, where there is one. */
  put(state: MethodState): void;
  delete(key: StateKey): void;
  deleteAll(userId: string): void;
}

export interface ChallengeRows {
  get(key: ChallengeKey): AnsweredChallenge | undefined;
  /** In the place of the one under the same key; clears away some that have expired at `now`. */
  put(challenge: AnsweredChallenge, now: number): void;
  deleteAll(userId: string): void;
}

export interface AuditRows {
  /** Records an event in the transaction of the write. */
  append(event: UnsealedRow): void;
}
