import type { JsonObject, Operation, ParameterPlace } from "../../openapi/index.ts";

export const phases = ["examples", "boundaries", "generated", "sequences"] as const;
export type Phase = (typeof phases)[number];

/** What a request is sent for, and so what its answer must be. */
export type Intent =
  | { readonly kind: "valid" }
  /** The contract forbids it: `what` names the one thing that is broken. */
  | { readonly kind: "broken"; readonly what: string }
  /** Allowed, but with values that servers stumble over: it may be refused, not more. */
  | { readonly kind: "hostile"; readonly what: string }
  | { readonly kind: "without credentials"; readonly what: string }
  | { readonly kind: "wrong scope"; readonly what: string }
  | { readonly kind: "other user"; readonly what: string }
  | { readonly kind: "wrong method"; readonly allowed: readonly string[] };

export type Parameters = Readonly<Record<ParameterPlace, JsonObject>>;

export interface Body {
  readonly mediaType: string;
  readonly value?: unknown;
  /** Sent as it stands, in the place of the value. */
  readonly text?: string;
}

/**
 * Which credentials a request carries: none, wrong ones (`wrong 1`: of the second of the operation's alternatives), or one
 * of those that the run was given.
 */
export type CredentialChoice = "none" | "wrong" | `wrong ${number}` | number;

export function areWrong(choice: CredentialChoice): boolean {
  return typeof choice === "string" && choice.startsWith("wrong");
}

/** One request, as the run means it: before it is written for the wire. */
export interface RequestCase {
  readonly operation: Operation;
  /** In upper case; another than the operation's where that is the point. */
  readonly method: string;
  readonly parameters: Parameters;
  readonly body?: Body;
  readonly credentials: CredentialChoice;
  readonly intent: Intent;
  readonly phase: Phase;
}

/** `POST /users`. */
export function nameOf({ method, path }: Pick<Operation, "method" | "path">): string {
  return `${method.toUpperCase()} ${path}`;
}
