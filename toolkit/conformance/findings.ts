import type { Fault } from "./checks/fault.ts";
import { nameOf, type RequestCase } from "./request/request-case.ts";
import type { Exchange } from "./request/send.ts";

/** Equal faults, told once. */
export interface Finding extends Fault {
  /** `POST /users`; several where the fault lies in something that they share. */
  readonly operations: readonly string[];
  readonly phase: string;
  /** What was sent, and is as small as it was found to be. */
  readonly request: RequestCase;
  readonly exchange: Exchange;
  readonly count: number;
}

/** Folds equal faults into one. */
export class Findings {
  readonly #byKey = new Map<string, Finding>();

  /** Gives whether it is a new one. */
  add(fault: Fault, request: RequestCase, exchange: Exchange): boolean {
    const key = keyOf(fault, request);
    const operation = nameOf(request.operation);
    const known = this.#byKey.get(key);
    const operations = [...new Set([...(known?.operations ?? []), operation])];
    if (known === undefined)
      this.#byKey.set(key, { ...fault, key, operations, phase: request.phase, request, exchange, count: 1 });
    else this.#byKey.set(key, { ...known, operations, count: known.count + 1 });
    return known === undefined;
  }

  /** Puts a smaller request in the place of a finding's own. */
  replace(key: string, request: RequestCase, exchange: Exchange, message: string): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) this.#byKey.set(key, { ...known, request, exchange, message });
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  get all(): readonly Finding[] {
    return [...this.#byKey.values()];
  }
}

/** A fault at a place of the document is one fault, whatever operations lead there; any other is its operation's. */
export function keyOf(fault: Fault, { operation }: RequestCase): string {
  return fault.key.includes(" #/") ? fault.key : `${fault.key} ${nameOf(operation)}`;
}
