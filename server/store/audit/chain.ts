import type { AuditRow } from "./event.ts";
import type { AuditMac } from "./mac.ts";

/**
 * The chain whose end tells how many others there are: its `sequence` is the highest id. Without it a chain
 * could be taken away as a whole.
 */
export const registerId = 0;

/** A chain as it is kept. */
export interface AuditChainRow {
  readonly chainId: number;
  /** Of its last event; 0 where it has none. */
  readonly sequence: number;
  /** `AuditMac.head` of its end. */
  readonly mac: string;
  /** The last event that was removed after its time, the seal it had, and `AuditMac.start` of both; 0 and empty before. */
  readonly startSequence: number;
  readonly startSeal: string;
  readonly startMac: string;
}

/** How many events a chain has. */
export interface AuditChainCount {
  readonly id: number;
  /** Since it began, those included that were removed after their time. */
  readonly recorded: number;
  /** Those that are there. */
  readonly kept: number;
}

/** An event that has no place in a chain yet. */
export type UnsealedRow = Pick<AuditRow, "occurredAt" | "userId" | "event">;

/** What a transaction writes to the audit trail. */
export interface SealedEvents {
  readonly rows: readonly AuditRow[];
  readonly head: Pick<AuditChainRow, "chainId" | "sequence" | "mac">;
}

/**
 * The end of one chain, which one connection alone writes to, so that no write waits for another's. The events
 * of a transaction are sealed together; a seal holds the one before, and the head holds the last.
 */
export class AuditChain {
  readonly #id: number;
  readonly #mac: AuditMac;
  #sequence = 0;
  #seal = "";

  /** @param id of a chain that has no events yet */
  constructor(id: number, mac: AuditMac) {
    this.#id = id;
    this.#mac = mac;
  }

  /**
   * Gives `events`, of which there is at least one, their place. The chain ends with them once they are `commit`ted;
   * until then they can be sealed again, or others in their place.
   */
  seal(events: readonly UnsealedRow[]): SealedEvents {
    const chainId = this.#id;
    const open = events.map(
      (event, index): AuditRow => ({ ...event, chainId, sequence: this.#sequence + 1 + index, seal: null }),
    );
    const seal = this.#mac.seal(chainId, this.#seal, open);
    const rows = open.map((row, index) => (index === open.length - 1 ? { ...row, seal } : row));
    const sequence = this.#sequence + events.length;
    return { rows, head: { chainId, sequence, mac: this.#mac.head(chainId, sequence, seal) } };
  }

  /** Is told that what was sealed is durable. */
  commit({ rows, head }: SealedEvents): void {
    this.#sequence = head.sequence;
    this.#seal = rows.at(-1)?.seal ?? this.#seal;
  }
}

/** A chain without events. */
export function emptyChain(chainId: number, mac: AuditMac): AuditChainRow {
  return { ...headOf(chainId, 0, mac), startSequence: 0, startSeal: "", startMac: "" };
}

/**
 * The register with one chain more, whose id is its `sequence`. One that somebody has tampered with stays so: to
 * give it a right hash would hide it.
 *
 * @param register undefined where there is none yet
 * @param highest the highest id of a chain that there is, 0 for none
 */
export function withAnotherChain(
  register: Pick<AuditChainRow, "sequence" | "mac"> | undefined,
  highest: number,
  mac: AuditMac,
): SealedEvents["head"] {
  const kept = register ?? { sequence: 0, mac: highest === 0 ? mac.head(registerId, 0, "") : "" };
  const sequence = Math.max(kept.sequence, highest) + 1;
  const isTrue = kept.mac === mac.head(registerId, kept.sequence, "");
  return isTrue ? headOf(registerId, sequence, mac) : { chainId: registerId, sequence, mac: kept.mac };
}

function headOf(chainId: number, sequence: number, mac: AuditMac): SealedEvents["head"] {
  return { chainId, sequence, mac: mac.head(chainId, sequence, "") };
}
