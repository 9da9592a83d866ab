import { createHmac, type KeyObject } from "node:crypto";
import type { AuditRow } from "./event.ts";

/**
 * The keyed hashes (HMAC-SHA256, in base64url) that the audit trail is held together with: who can write to the
 * database but has not the key can make none of them.
 */
export class AuditMac {
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /**
   * Of the events of one transaction.
   *
   * @param previous the seal of the transaction before in this chain, empty for the first
   */
  seal(chainId: number, previous: string, rows: readonly AuditRow[]): string {
    // No JSON holds a line feed.
    let text = JSON.stringify(["events", chainId, previous]);
    for (const { sequence, occurredAt, userId, event } of rows)
      text += `\n${sequence} ${occurredAt} ${JSON.stringify(userId)} ${event}`;
    return this.#of(text);
  }

  /** Of where a chain ends, so that its last events cannot be taken away. */
  head(chainId: number, sequence: number, seal: string): string {
    return this.#of(JSON.stringify(["head", chainId, sequence, seal]));
  }

  /** Of where a chain begins since older events were removed after their time. */
  start(chainId: number, sequence: number, seal: string): string {
    return this.#of(JSON.stringify(["start", chainId, sequence, seal]));
  }

  #of(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
