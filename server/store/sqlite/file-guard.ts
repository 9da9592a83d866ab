import { statSync } from "node:fs";
import { StoreDamagedError, StoreUnavailableError } from "../errors.ts";
import { toStoreError } from "./errors.ts";

/** What tells a file from another of the same name. */
interface Identity {
  readonly dev: number;
  readonly ino: number;
}

/** What SQLite keeps beside a database in use, and how it is mended where it is lost. */
const companions = [
  { suffix: "-wal", cure: "stop the server, restore a backup (docs/operations.md), then start it again" },
  { suffix: "-shm", cure: "stop all processes that use the database, then start the server again" },
] as const;

/**
 * Looks after the files of a database that is open. SQLite goes on writing to a file that was deleted or replaced, and
 * what it writes there is gone after a restart.
 */
export class FileGuard {
  readonly #path: string | null;
  #database: Identity | undefined;
  readonly #companions = new Map<string, Identity>();
  #damage: StoreDamagedError | undefined;
  #hasFailed = false;

  /** @param path as SQLite tells it; null or empty for a database in memory */
  constructor(path: string | null) {
    this.#path = path === "" ? null : path;
    this.#database = this.#path === null ? undefined : identityOf(this.#path);
  }

  /** What is known to be damaged, after which nothing is written any more. */
  get damage(): StoreDamagedError | undefined {
    return this.#damage;
  }

  /** Whether the last write failed for what may last. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Is told that a write was committed, and throws StoreUnavailableError where it will not last. */
  committed(): void {
    this.insist();
    this.#hasFailed = false;
  }

  /** @throws StoreUnavailableError while a write cannot succeed, or would not last */
  insist(): void {
    if (this.#damage !== undefined) throw this.#damage;
    if (this.#path === null) return;
    this.#database ??= identityOf(this.#path);
    insistOn(this.#path, this.#database, companions[0].cure);
    for (const { suffix, cure } of companions) {
      const path = this.#path + suffix;
      const known = this.#companions.get(suffix);
      if (known !== undefined) insistOn(path, known, cure);
      else {
        // There is none before the first write.
        const found = identityOf(path);
        if (found !== undefined) this.#companions.set(suffix, found);
      }
    }
  }

  /** What the callers of a store are to see for an error of SQLite. */
  translate(error: unknown): unknown {
    const translated = toStoreError(error);
    if (translated instanceof StoreDamagedError) this.#damage = translated;
    return translated;
  }

  /** Like `translate`, for an error of a write. */
  translateWrite(error: unknown): unknown {
    const translated = this.translate(error);
    if (translated instanceof StoreUnavailableError) this.#hasFailed = true;
    return translated;
  }
}

function insistOn(path: string, opened: Identity | undefined, cure: string): void {
  const found = identityOf(path);
  if (found !== undefined && found.ino === opened?.ino && found.dev === opened.dev) return;
  throw new StoreUnavailableError(
    `${path} was deleted or replaced while it was open, so nothing that is written lasts: ${cure}.`,
  );
}

function identityOf(path: string): Identity | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && { dev: stats.dev, ino: stats.ino };
}
