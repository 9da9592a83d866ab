import {
  availableAt,
  enrolmentCodes,
  manyFailures,
  sentCodes,
  slowInterval,
  take,
  wrongAnswers,
} from "./bucket.ts";
import type { Rows } from "./rows.ts";
import type { MethodRecord, PreviousUse } from "./store.ts";
import type {
  AnswerAttempt,
  EnrolAttempt,
  KnownDevice,
  MethodState,
  SendAttempt,
  SendOutcome,
  Session,
  SessionOutcome,
  StateKey,
  VerifyOutcome,
} from "./verification.ts";

/** Where a user's codes to new numbers and addresses are counted: no method has this id. */
const enrolmentStateId = "enrolment";

const mostWrongAnswers = 5;
const mostDevices = 5;
const deviceKeptFor = 90 * 24 * 60 * 60 * 1_000_000;

/**
 * What decides on answers, in plain synchronous steps inside the transaction that writes the outcome: of equal right
 * answers one is right, and guesses that come at once empty a bucket as those that come one after the other.
 */
export class VerificationRules {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  verify(attempt: AnswerAttempt): VerifyOutcome {
    const { method, now, isRight, session, totpStep } = attempt;
    const { userId } = method;
    if (!this.#rows.methods.holds(method)) return { outcome: "unknown-method" };
    const ended = session && this.#ended(userId, session, now);
    if (ended !== undefined) return { outcome: ended };
    const state = this.#state({ userId, methodId: method.id });
    const device = state.devices.find((known) => isKnown(known, attempt));
    const at = availableAt(wrongAnswers, (device ?? state).failuresFullAt);
    if (isGuessed(method) && at > now) return { outcome: "too-many", at };
    if (!isRight) {
      this.#rows.states.put(withFailure(state, device, now));
      if (session) this.#countWrong(userId, session, now);
      return { outcome: "wrong" };
    }
    if (totpStep !== undefined && state.totpStep !== null && totpStep <= state.totpStep) {
      // Written all the same: a quicker refusal would tell that the code was right once.
      this.#rows.states.put(state);
      return { outcome: "used" };
    }
    this.#rows.states.put(withSuccess(state, device, attempt));
    if (session) this.#spend(userId, session, now);
    return { outcome: "verified", previousSignCount: state.signCount };
  }

  /** Takes one of the codes that may be sent. */
  send(attempt: SendAttempt): SendOutcome {
    const { userId, method, session, now } = attempt;
    if (method !== undefined && !this.#rows.methods.holds(method)) return { outcome: "unknown-method" };
    const ended = this.#ended(userId, session, now);
    if (ended !== undefined) return { outcome: ended };
    const bucket = method === undefined ? enrolmentCodes : sentCodes;
    const state = this.#state(sendStateKey(attempt));
    const at = availableAt(bucket, state.sendsFullAt);
    if (at > now) return { outcome: "too-many", at };
    this.#rows.states.put({ ...state, sendsFullAt: take(bucket.interval, state.sendsFullAt, now) });
    return { outcome: "allowed" };
  }

  /** Why an enrolment cannot be confirmed; `session-spent` where it was, `undefined` where it can be. */
  refuseEnrolment({ method, session, now, isRight }: EnrolAttempt): SessionOutcome | "wrong" | undefined {
    const ended = this.#ended(method.userId, session, now);
    if (ended !== undefined && ended !== "session-spent") return ended;
    if (isRight) return ended;
    this.#countWrong(method.userId, session, now);
    return "wrong";
  }

  /** Spends the session of an enrolment, and the code that was its answer. */
  confirmEnrolment({ method, session, now, totpStep, signCount }: EnrolAttempt): void {
    this.#spend(method.userId, session, now);
    if (totpStep !== undefined || signCount !== undefined) this.remember(method, { totpStep, signCount });
  }

  /** What is known of the use of a new method. */
  remember(
    { userId, id: methodId }: MethodRecord,
    { lastAuthAt, signCount, totpStep }: PreviousUse & { readonly totpStep?: number | undefined },
  ): void {
    this.#rows.states.put({
      ...this.#state({ userId, methodId }),
      lastAuthAt: lastAuthAt ?? null,
      signCount: signCount ?? null,
      totpStep: totpStep ?? null,
    });
  }

  #state(key: StateKey): MethodState {
    return (
      this.#rows.states.get(key) ?? {
        ...key,
        lastAuthAt: null,
        totpStep: null,
        signCount: null,
        failuresFullAt: 0,
        consecutiveFailures: 0,
        sendsFullAt: 0,
        devices: [],
      }
    );
  }

  #ended(userId: string, { id, expiresAt }: Session, now: number): SessionOutcome | undefined {
    if (expiresAt <= now) return "session-expired";
    const answered = this.#rows.challenges.get({ userId, id });
    if (answered === undefined) return undefined;
    if (answered.spent) return "session-spent";
    return answered.wrongAnswers >= mostWrongAnswers ? "session-dead" : undefined;
  }

  #countWrong(userId: string, { id, expiresAt }: Session, now: number): void {
    const { wrongAnswers = 0, spent = false } = this.#rows.challenges.get({ userId, id }) ?? {};
    this.#rows.challenges.put({ userId, id, wrongAnswers: wrongAnswers + 1, spent, expiresAt }, now);
  }

  #spend(userId: string, { id, expiresAt }: Session, now: number): void {
    const { wrongAnswers = 0 } = this.#rows.challenges.get({ userId, id }) ?? {};
    this.#rows.challenges.put({ userId, id, wrongAnswers, spent: true, expiresAt }, now);
  }
}

/** Where the codes that are sent are counted. */
export function sendStateKey({ userId, method }: SendAttempt): StateKey {
  return { userId, methodId: method?.id ?? enrolmentStateId };
}

/** A signature is not guessed, so nobody is kept waiting for wrong ones. */
function isGuessed({ type }: MethodRecord): boolean {
  return type === "totp" || type === "phone" || type === "email";
}

function isKnown({ hash, lastSuccessAt }: KnownDevice, { device, now }: AnswerAttempt): boolean {
  return hash === device && lastSuccessAt > now - deviceKeptFor;
}

function withFailure(state: MethodState, device: KnownDevice | undefined, now: number): MethodState {
  if (device === undefined) return { ...state, ...failed(state, now) };
  const failedDevice = { ...device, ...failed(device, now) };
  return { ...state, devices: state.devices.map((known) => (known === device ? failedDevice : known)) };
}

function failed(
  { failuresFullAt, consecutiveFailures }: Pick<KnownDevice, "failuresFullAt" | "consecutiveFailures">,
  now: number,
) {
  const interval = consecutiveFailures < manyFailures ? wrongAnswers.interval : slowInterval;
  return {
    failuresFullAt: take(interval, failuresFullAt, now),
    consecutiveFailures: consecutiveFailures + 1,
  };
}

/** Only the bucket that the answer was given from is full again: what a stranger has taken from the other stays taken. */
function withSuccess(
  state: MethodState,
  device: KnownDevice | undefined,
  attempt: AnswerAttempt,
): MethodState {
  const { now, signCount, totpStep } = attempt;
  const full = { failuresFullAt: 0, consecutiveFailures: 0 };
  return {
    ...state,
    ...(device === undefined && full),
    lastAuthAt: Math.max(now, state.lastAuthAt ?? 0),
    totpStep: totpStep ?? state.totpStep,
    signCount: signCount === undefined ? state.signCount : Math.max(signCount, state.signCount ?? 0),
    devices:
      attempt.device === undefined
        ? state.devices
        : [
            { hash: attempt.device, lastSuccessAt: now, ...full },
            ...state.devices.filter(({ hash }) => hash !== attempt.device),
          ].slice(0, mostDevices),
  };
}
