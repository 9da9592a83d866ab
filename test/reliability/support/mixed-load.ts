import { EventEmitter, once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { email, passkey, securityKey, totp } from "../../support/methods.ts";
import type { Answer, Call } from "../../support/server.ts";
import { methodsOf } from "../../support/users.ts";
import { seededRandom } from "./random.ts";
import {
  comparable,
  create,
  type Method,
  remove,
  removeAll,
  rename,
  replaceAll,
  type Write,
} from "./write.ts";

/** Whatever answers requests, over however many connections. */
export interface Caller {
  call(path: string, call?: Call): Promise<Answer>;
}

/** How long one answer took and what it was; undefined where the connection broke. */
export interface Attempt {
  readonly status: number | undefined;
  readonly milliseconds: number;
  readonly retryAfter: string | null;
}

const mostMethods = 8;

/**
 * Users written to at the same time, each by a connection of its own, with a model of what must be there: what was
 * acknowledged is certain; at most one write of each user is uncertain, whose answer was lost or was a 503.
 */
export class MixedLoad extends EventEmitter<{ acknowledged: [number]; uncertain: [Attempt] }> {
  readonly #clients: readonly Client[];
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();
  acknowledged = 0;
  /** Writes that were not acknowledged and found to be done all the same, wholly. */
  doneUnacknowledged = 0;
  /** Writes that were not acknowledged and found not to be done at all. */
  notDone = 0;

  constructor(caller: Caller, clients: number, seed: number) {
    super();
    this.#clients = Array.from({ length: clients }, (_, number) => new Client(this, caller, number, seed));
  }

  async createUsers(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.createUser()));
  }

  /** Writes until `stop`, or until every client's answer fails to come: then `settle` tells what became of those. */
  start(): void {
    this.#stopped = false;
    this.#running = Promise.all(this.#clients.map((client) => client.run(() => this.#stopped)));
    // Awaited by `stop`, which may be called long after a client has failed.
    this.#running.catch(() => {});
  }

  /** Resolves when no write is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async acknowledgedMore(count: number): Promise<void> {
    const target = this.acknowledged + count;
    const failed = this.#running.then(() => {
      throw new Error("the load has ended");
    });
    const reached = (async () => {
      while (this.acknowledged < target) await once(this, "acknowledged");
    })();
    await Promise.race([reached, failed]);
  }

  /** Holds what is there against the model; what is uncertain must be there wholly or not at all. */
  async check(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.check()));
  }
}

class Client {
  readonly #load: MixedLoad;
  readonly #caller: Caller;
  readonly #random: () => number;
  readonly #userId: string;
  readonly #methods: string;
  /** Users with WebAuthn credentials cannot be replaced, so half of them have none. */
  readonly #isReplaceable: boolean;
  #serial: number;
  #certain: readonly Method[] = [];
  #uncertain: Write | undefined;

  constructor(load: MixedLoad, caller: Caller, number: number, seed: number) {
    this.#load = load;
    this.#caller = caller;
    this.#random = seededRandom(seed + number);
    this.#userId = `client-${number}`;
    this.#methods = methodsOf(`auth0|${this.#userId}`);
    this.#isReplaceable = number % 2 === 0;
    this.#serial = number * 1_000_000;
  }

  async createUser(): Promise<void> {
    const body = { connection: "Username-Password-Authentication", user_id: this.#userId };
    const { status } = await this.#caller.call("/users", { body });
    if (status !== 201) throw new Error(`the user was not created: ${status}`);
  }

  async run(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const write = this.#nextWrite();
      const answer = await this.#attempt(write);
      if (answer === undefined) return;
    }
  }

  /** Undefined where nothing is known of the write's outcome. */
  async #attempt(write: Write): Promise<Answer | undefined> {
    const started = performance.now();
    this.#uncertain = write;
    const answer = await this.#caller.call(this.#methods + write.path, write.call).catch(() => undefined);
    if (answer === undefined || answer.status === 503) {
      this.#load.emit("uncertain", {
        status: answer?.status,
        milliseconds: performance.now() - started,
        retryAfter: answer?.headers.get("retry-after") ?? null,
      });
      return undefined;
    }
    if (answer.status !== write.success) {
      throw new Error(
        `${this.#userId}: ${JSON.stringify(write.call)} was answered ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    }
    this.#certain = write.acknowledged(this.#certain, answer.body);
    this.#uncertain = undefined;
    this.#load.acknowledged += 1;
    this.#load.emit("acknowledged", this.#load.acknowledged);
    return answer;
  }

  async check(): Promise<void> {
    const now = await this.#list();
    const write = this.#uncertain;
    if (isDeepStrictEqual(now, this.#certain)) {
      if (write !== undefined) this.#load.notDone += 1;
    } else if (write?.isDone(this.#certain, now)) {
      this.#load.doneUnacknowledged += 1;
      this.#certain = now;
    } else {
      throw new Error(
        `${this.#userId} must have ${JSON.stringify(this.#certain)}, perhaps with ${JSON.stringify(write?.call)} done, and has ${JSON.stringify(now)}`,
      );
    }
    this.#uncertain = undefined;
    if (write?.call.method === "POST") await this.#sendAgain(write);
  }

  /** A create whose answer was lost is sent again with its Idempotency-Key, as clients do: it must be there once. */
  async #sendAgain(write: Write): Promise<void> {
    const { status, body } = await this.#caller.call(this.#methods + write.path, write.call);
    if (status !== write.success) throw new Error(`sent again: ${status} ${JSON.stringify(body)}`);
    const created = comparable(body);
    const others = this.#certain.filter(({ id }) => id !== created.id);
    this.#certain = [...others, created];
    const now = await this.#list();
    if (!isDeepStrictEqual(now, this.#certain)) {
      throw new Error(
        `${this.#userId}: after a create was sent again there is ${JSON.stringify(now)} instead of ${JSON.stringify(this.#certain)}`,
      );
    }
  }

  async #list(): Promise<readonly Method[]> {
    const { status, body } = await this.#caller.call(`${this.#methods}?per_page=100`);
    if (status !== 200) throw new Error(`${this.#userId} cannot be read: ${status} ${JSON.stringify(body)}`);
    return body.map(comparable);
  }

  #nextWrite(): Write {
    const certain = this.#certain;
    const choice = this.#random();
    const chosen = certain[Math.floor(this.#random() * certain.length)];
    const isFull = certain.length >= mostMethods;
    if (this.#isReplaceable && (choice < 0.1 || (isFull && choice < 0.5))) {
      return choice < 0.03 ? removeAll() : replaceAll([this.#replaceable(), this.#replaceable()]);
    }
    if (chosen !== undefined && choice < 0.3) return rename(chosen.id, `renamed ${this.#next()}`);
    if (chosen !== undefined && (isFull || choice < 0.5)) return remove(chosen.id);
    const request = this.#isReplaceable || choice < 0.7 ? this.#replaceable() : this.#credential();
    return create(request, `${this.#userId}-${this.#next()}`);
  }

  #next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  #replaceable() {
    const serial = this.#next();
    if (serial % 3 === 0) return { type: "phone", phone_number: `+1${String(serial).padStart(10, "0")}` };
    // A user's few totp secrets come from its latest serial numbers, so these stay different.
    return serial % 3 === 1 ? totp(serial % 1024) : email(serial);
  }

  #credential() {
    const serial = this.#next();
    return (serial % 2 === 0 ? passkey : securityKey)(serial);
  }
}
