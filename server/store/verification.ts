import type { CreateMethodOutcome, MethodRecord } from "./store.ts";

/** What is known of a device that has answered right. */
export interface KnownDevice {
  /** The SHA-256 of what the caller calls the device, in base64url. */
  readonly hash: string;
  /** Microseconds since the UNIX epoch. */
  readonly lastSuccessAt: number;
  readonly failuresFullAt: number;
  readonly consecutiveFailures: number;
}

/** What the use of a method leaves behind; only of those that were used. Moments are microseconds since the UNIX epoch. */
export interface MethodState {
  readonly userId: string;
  readonly methodId: string;
  readonly lastAuthAt: number | null;
  /** The last time step that a code was accepted for (RFC 6238, section 5.2). */
  readonly totpStep: number | null;
  /** The highest signature counter seen; null where none was ever told. */
  readonly signCount: number | null;
  /** When the bucket of wrong answers is full again. */
  readonly failuresFullAt: number;
  /** Since the last right answer that was not given on a known device. */
  readonly consecutiveFailures: number;
  /** When the bucket of sent codes is full again. */
  readonly sendsFullAt: number;
  readonly devices: readonly KnownDevice[];
}

/** What tells a state from the others. */
export type StateKey = Pick<MethodState, "userId" | "methodId">;

/** A challenge that was answered. Of one that was not, nothing is kept. */
export interface AnsweredChallenge {
  readonly userId: string;
  readonly id: string;
  readonly wrongAnswers: number;
  /** Whether it was answered right. */
  readonly spent: boolean;
  /** Microseconds since the UNIX epoch. */
  readonly expiresAt: number;
}

export type ChallengeKey = Pick<AnsweredChallenge, "userId" | "id">;

/** How many expired challenges each answer clears away: more than one, so that they never pile up. */
export const expiredPerChallenge = 4;

/**
 * The moment by which challenges must have expired to be forgotten at `now`: a minute before, since a server whose
 * clock is behind would take the answer to one again. In microseconds since the UNIX epoch.
 */
export function forgottenAt(now: number): number {
  return now - 60_000_000;
}

/** What an answer belongs to: its id is unguessable, so that nobody answers another's. */
export type Session = Pick<AnsweredChallenge, "id" | "expiresAt">;

/** An answer that was held against what is kept, before the transaction that decides on it. */
export interface AnswerAttempt {
  /** As it was read for that. */
  readonly method: MethodRecord;
  /** Microseconds since the UNIX epoch. */
  readonly now: number;
  readonly isRight: boolean;
  /** Absent for the codes of authenticator apps, which answer no challenge. */
  readonly session?: Session;
  /** The SHA-256 of what the caller calls the device, in base64url. */
  readonly device?: string;
  /** The time step that a code of an authenticator app is right for. */
  readonly totpStep?: number;
  /** What the authenticator counts. */
  readonly signCount?: number;
}

export type SessionOutcome = "session-expired" | "session-spent" | "session-dead";

/** Where several apply, the one named first wins; `used` is a right answer that was given before. */
export type VerifyOutcome =
  | { readonly outcome: "unknown-method" | SessionOutcome | "wrong" | "used" }
  /** `at`: when an answer is looked at again, in microseconds since the UNIX epoch. */
  | { readonly outcome: "too-many"; readonly at: number }
  | { readonly outcome: "verified"; readonly previousSignCount: number | null };

/** A code to be sent: again where its session was answered before. */
export interface SendAttempt {
  readonly userId: string;
  /** Absent for an enrolment, whose codes are counted by the user. */
  readonly method?: MethodRecord;
  readonly session: Session;
  readonly now: number;
}

export type SendOutcome =
  | { readonly outcome: "allowed" | "unknown-user" | "unknown-method" | SessionOutcome }
  | { readonly outcome: "too-many"; readonly at: number };

/** An answer that confirms an enrolment, and the method to create where it is right. */
export interface EnrolAttempt {
  readonly method: MethodRecord;
  readonly session: Session;
  readonly now: number;
  readonly isRight: boolean;
  readonly totpStep?: number;
  readonly signCount?: number;
}

export type EnrolOutcome =
  | { readonly outcome: Exclude<CreateMethodOutcome["outcome"], "replayed"> }
  | { readonly outcome: SessionOutcome | "wrong" };
