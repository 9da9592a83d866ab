import module from "node:module";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { StoreUnavailableError } from "../../errors.ts";
import type { Store } from "../../store.ts";
import type { FileGuard } from "../file-guard.ts";
import {
  type Answer,
  type Call,
  type CallName,
  toError,
  type WriterData,
  type WriterRequest,
} from "./messages.ts";

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The thread that writes to a SQLite file, as the thread that serves sees it. What is asked in one event-loop turn goes
 * there in one message, and the answers of one commit come back in one.
 */
export class Writer {
  readonly #thread: Worker;
  readonly #guard: FileGuard;
  readonly #ended: Promise<void>;
  readonly #send = () => this.#post(this.#unsent.splice(0));
  readonly #unsent: Call[] = [];
  /**
   * By the ids of their calls, which are given again once they are free: V8 keeps alive what has been in a map whose
   * entries come and go, until it collects all of its memory.
   */
  readonly #waiting: (Waiting | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** Why nothing more can be asked of it. */
  #refusal: StoreUnavailableError | undefined;

  /**
   * Starts the thread; what is asked of it meanwhile waits.
   *
   * @param guard what this thread knows of the file: damage that one of the two has met keeps both from writing
   */
  constructor(data: WriterData, guard: FileGuard) {
    this.#guard = guard;
    this.#thread = startThread(data);
    let cause: unknown;
    this.#thread.on("message", (answers: readonly Answer[]) => this.#settle(answers));
    this.#thread.on("error", (error) => {
      cause = error;
    });
    this.#ended = new Promise((resolve) => {
      this.#thread.on("exit", () => {
        this.#end(cause);
        resolve();
      });
    });
    // Like an open file, it keeps no process alive while nothing is asked of it.
    this.#thread.unref();
  }

  /**
   * Calls a method of the store over there.
   *
   * @throws what the method throws
   * @throws StoreUnavailableError where the thread has ended; whether what it was asked before is done is not known then
   */
  call<Name extends CallName>(name: Name, args: Parameters<Store[Name]>): ReturnType<Store[Name]> {
    const answer = new Promise((resolve, reject) => {
      const refusal = this.#refusal ?? this.#guard.damage;
      if (refusal !== undefined) return reject(refusal);
      if (this.#isIdle) this.#thread.ref();
      const id = this.#freeIds.pop() ?? this.#waiting.length;
      this.#waiting[id] = { resolve, reject };
      if (this.#unsent.push({ id, name, args }) === 1) setImmediate(this.#send);
    });
    return answer as ReturnType<Store[Name]>;
  }

  /** Resolves when all that was asked is settled and the thread has ended. */
  close(): Promise<void> {
    this.#refusal ??= new StoreUnavailableError("The store is closed.");
    this.#thread.ref();
    this.#send();
    this.#post("close");
    return this.#ended;
  }

  get #isIdle(): boolean {
    return this.#freeIds.length === this.#waiting.length;
  }

  #post(request: WriterRequest): void {
    this.#thread.postMessage(request);
  }

  #settle(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting[answer.id];
      this.#waiting[answer.id] = undefined;
      this.#freeIds.push(answer.id);
      if ("failure" in answer) waiting?.reject(this.#guard.translate(toError(answer.failure)));
      else waiting?.resolve(answer.result as never);
    }
    if (this.#isIdle && this.#refusal === undefined) this.#thread.unref();
  }

  #end(cause: unknown): void {
    const refusal = new StoreUnavailableError(
      "The thread that writes to the database has ended: restart the server, and report it with this line.",
      { cause },
    );
    this.#refusal ??= refusal;
    for (const waiting of this.#waiting.splice(0)) waiting?.reject(refusal);
    this.#freeIds.length = 0;
  }
}

function startThread(workerData: WriterData): Worker {
  // Beside this file, compiled or not.
  const entry = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
  const cache = module.getCompileCacheDir();
  return new Worker(entry, {
    name: "sqlite-writer",
    workerData,
    // Nothing of the process's: what is loaded into it is for the thread that serves, and among its settings are keys.
    execArgv: [],
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: cache },
  });
}
