import type { KeyObject } from "node:crypto";
import type { AuditChainCount } from "./audit/chain.ts";
import type { Actor, AuditAction, AuditEvent, AuditKey } from "./audit/event.ts";
import type { SchemaChange } from "./migration.ts";
import type {
  AnswerAttempt,
  EnrolAttempt,
  EnrolOutcome,
  SendAttempt,
  SendOutcome,
  VerifyOutcome,
} from "./verification.ts";

/** The five kinds of authentication method, as named on the wire. */
export type AuthenticationMethodType = "phone" | "email" | "totp" | "webauthn-roaming" | "passkey";

/** A user that authentication methods are assigned to. */
export interface UserRecord {
  /** `<provider>|<id>`, for example `auth0|5f7c8ec7c33c6c004bbafe82`. */
  readonly id: string;
  readonly connection: string;
  readonly email: string | null;
  readonly name: string | null;
  /** Microseconds since the UNIX epoch. */
  readonly createdAt: number;
}

/** An authentication method as it is kept: nothing secret in clear. */
export interface MethodRecord {
  readonly userId: string;
  /** `<type>|dev_` and 16 characters of `[A-Za-z0-9]`. */
  readonly id: string;
  readonly type: AuthenticationMethodType;
  /**
   * Microseconds since the UNIX epoch, strictly increasing within a process while its clock is right, so that
   * ordering by it lists methods as they were created.
   */
  readonly createdAt: number;
  /** The method's fields under their names on the wire, unmasked, without `totp_secret`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `totp_secret` as a JWE (RFC 7516); null for the types that have none. */
  readonly encryptedSecret: string | null;
  /** What no other method of this type on this user may have; null where nothing need be unique. */
  readonly uniqueValue: string | null;
  /** The WebAuthn credential id, which no other method of **any** user may have; null for other types. */
  readonly credentialId: string | null;
}

/** A method as it is read. */
export interface UsedMethod extends MethodRecord {
  /** When it last verified its user, in microseconds since the UNIX epoch; absent where it never did. */
  readonly lastAuthAt?: number;
}

/** What is known of a method's use elsewhere. */
export interface PreviousUse {
  /** Microseconds since the UNIX epoch. */
  readonly lastAuthAt?: number | undefined;
  /** The signature counter of its last use. */
  readonly signCount?: number | undefined;
}

/** The fields that an update may change. Absent: left as it is. */
export type MethodPatch = Readonly<Record<string, unknown>>;

/** The answer kept for an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). */
export interface IdempotentAnswer {
  /** Who sent the key and for what: the same key of another caller is another key. */
  readonly scope: string;
  readonly key: string;
  /** The method that was created: the answer goes with it. */
  readonly userId: string;
  readonly methodId: string;
  /** A keyed hash that tells a retry of the same payload from a reuse of the key for another. */
  readonly payloadHash: string;
  /** The answer as a JWE: it may hold a secret. */
  readonly encryptedAnswer: string;
  /** Microseconds since the UNIX epoch; from then on the key is free again. */
  readonly expiresAt: number;
}

/** Which users to list. */
export interface UserPage {
  readonly offset: number;
  readonly limit: number;
  /** Whether to count how many there are in all. */
  readonly withTotal: boolean;
}

export interface ListUsersOutcome {
  readonly users: readonly UserRecord[];
  readonly total: number | undefined;
}

export type CreateUserOutcome = "created" | "duplicate";

/**
 * `duplicate`: the user has a method of this type and unique value, or any user has the credential. A replay counts as one when the kept answer has not expired at the method's `createdAt`.
 */
export type CreateMethodOutcome =
  | { readonly outcome: "created" | "duplicate" | "limit-reached" | "unknown-user" }
  | { readonly outcome: "replayed"; readonly answer: IdempotentAnswer };

export type ListMethodsOutcome =
  | { readonly outcome: "found"; readonly methods: readonly UsedMethod[]; readonly total: number }
  | { readonly outcome: "unknown-user" };

export type GetMethodOutcome =
  | { readonly outcome: "found"; readonly method: UsedMethod }
  | { readonly outcome: "unknown-user" }
  | { readonly outcome: "unknown-method" };

export type UpdateMethodOutcome =
  | { readonly outcome: "updated"; readonly method: MethodRecord }
  | { readonly outcome: "unknown-user" | "unknown-method" };

/** `duplicate` and `limit-reached`: among the new methods; of what was there before, only other users' credentials count. */
export type ReplaceMethodsOutcome =
  | { readonly outcome: "replaced" | "duplicate" | "has-passkey" | "unknown-user" }
  | { readonly outcome: "limit-reached"; readonly type: AuthenticationMethodType };

export type DeleteMethodsOutcome = "deleted" | "has-passkey" | "unknown-user";

export type DeleteMethodOutcome = "deleted" | "unknown-method" | "unknown-user";

/** How many methods of each type one user may have. */
export type MethodLimits = Readonly<Record<AuthenticationMethodType, number>>;

/** What decides whether something may be written. */
export interface StoreRules {
  /** Whether methods may be given to users that were never created here. */
  readonly unknownUsers: "accept" | "reject";
  readonly limits: MethodLimits;
}

/** What every store is opened with. */
export interface StoreOptions extends StoreRules {
  /** The key of the audit trail, which may be kept among the settings. */
  readonly auditKey: (settings: Pick<Store, "getOrCreateSetting">) => Promise<KeyObject>;
  /** Is told that the schema was brought up to date. */
  readonly onMigrated?: (change: SchemaChange) => void;
}

/**
 * What is kept. Every outcome is decided in the same transaction as the write,
 * and a promise resolves only after its write is durable.
 *
 * Every change is recorded in the audit trail, in the same transaction; a read by a `reader`, who sees unmasked or
 * secret data, before it is given.
 *
 * Where several outcomes apply, the one named first wins:
 * `replayed`, `unknown-user`, `unknown-method`, `has-passkey`, `duplicate`, `limit-reached`.
 *
 * @throws StoreUnavailableError from any method while the database cannot be reached.
 * @throws StoreFullError from a write for which there is no room left.
 */
export interface Store {
  createUser(user: UserRecord, actor: Actor): Promise<CreateUserOutcome>;
  getUser(id: string, reader?: Actor): Promise<UserRecord | undefined>;
  /** One page of the users in the order of their ids; `total` where it is asked for, since counting takes its time. */
  listUsers(page: UserPage, reader?: Actor): Promise<ListUsersOutcome>;
  /** Removes the user and all its methods; a user that is not there is no error. */
  deleteUser(id: string, actor: Actor): Promise<void>;

  /** With `answer`, keeps it under its key in the same transaction; an unexpired one there already is `replayed`. */
  createMethod(
    method: MethodRecord,
    actor: Actor,
    answer?: IdempotentAnswer,
    previousUse?: PreviousUse,
  ): Promise<CreateMethodOutcome>;
  /** One page of a user's methods in the order of their creation, and how many there are in all. */
  listMethods(
    userId: string,
    page: { offset: number; limit: number },
    reader?: Actor,
  ): Promise<ListMethodsOutcome>;
  getMethod(userId: string, id: string, reader?: Actor): Promise<GetMethodOutcome>;
  /** Merges `patch` into the method's attributes. */
  updateMethod(userId: string, id: string, patch: MethodPatch, actor: Actor): Promise<UpdateMethodOutcome>;
  /** Puts `methods` in the place of all the user has. */
  replaceMethods(
    userId: string,
    methods: readonly MethodRecord[],
    actor: Actor,
  ): Promise<ReplaceMethodsOutcome>;
  deleteMethods(userId: string, actor: Actor): Promise<DeleteMethodsOutcome>;
  deleteMethod(userId: string, id: string, actor: Actor): Promise<DeleteMethodOutcome>;

  /** The method of any user that has the WebAuthn credential. */
  findCredential(credentialId: string): Promise<MethodRecord | undefined>;
  /** Decides on an answer: of equal right ones, whoever asks at once, one is `verified`. */
  verify(attempt: AnswerAttempt, actor: Actor): Promise<VerifyOutcome>;
  /** Takes one of the codes that may be sent. */
  sendCode(attempt: SendAttempt, actor: Actor): Promise<SendOutcome>;
  /** Creates the method that the answer confirms. */
  enrolMethod(attempt: EnrolAttempt, actor: Actor): Promise<EnrolOutcome>;

  /** The value kept under `name`; the first caller's `initial` where there is none yet, whoever else asks at once. */
  getOrCreateSetting(name: string, initial: string): Promise<string>;

  /** Records what is done beside the store. */
  record(action: AuditAction, actor: Actor): Promise<void>;
  /** Records an answer that was refused before there was anything to decide; `userId` as far as it is known. */
  recordRefusedAnswer(actor: Actor, userId: string | null, reason: string): Promise<void>;
  /** Up to `limit` events of a user, the latest first, from the one before `before` on. */
  listAuditEvents(userId: string, limit: number, before?: AuditKey): Promise<readonly AuditEvent[]>;
  /** How many events the audit trail has, and has had. */
  countAuditEvents(): Promise<Omit<AuditChainCount, "id">>;
  /**
   * Removes, a few at a time, the answers and challenges that have expired at `now`, and the events from before
   * `eventsBefore`.
   */
  removeExpired(now: number, eventsBefore: number): Promise<void>;

  /** Resolves when a request could be served now. */
  ping(): Promise<void>;
  /** Finishes the writes under way, then closes. */
  close(): Promise<void>;
}
