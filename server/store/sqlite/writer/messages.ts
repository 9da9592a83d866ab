import type { KeyObject } from "node:crypto";
import { StoreDamagedError, StoreFullError, StoreUnavailableError } from "../../errors.ts";
import type { Store, StoreRules } from "../../store.ts";

/** The methods of a `Store` that may be asked of the thread that writes; all but `close`. */
export type CallName = Exclude<keyof Store, "close">;

/** What the thread is started with. */
export interface WriterData {
  /** Of the database's file. */
  readonly path: string;
  readonly rules: StoreRules;
  readonly auditKey: KeyObject;
}

/** A method of the store that is to be called. */
export interface Call {
  /** Tells its answer from the others. */
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

/** To the thread: the calls of an event-loop turn, or that there will be none any more. */
export type WriterRequest = readonly Call[] | "close";

/** What a call came to. */
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error as it passes between threads, which keep no class of ours. */
export interface Failure {
  readonly kind: keyof typeof classes | undefined;
  readonly error: unknown;
}

const classes = {
  damaged: StoreDamagedError,
  unavailable: StoreUnavailableError,
  full: StoreFullError,
} as const;

export function toFailure(error: unknown): Failure {
  // The first that it is: a damaged store is an unavailable one, too.
  const kinds = Object.keys(classes) as (keyof typeof classes)[];
  return { kind: kinds.find((kind) => error instanceof classes[kind]), error };
}

export function toError({ kind, error }: Failure): unknown {
  if (kind === undefined || !(error instanceof Error)) return error;
  const { message, cause, stack } = error;
  return Object.assign(new classes[kind](message, { cause }), { stack });
}
