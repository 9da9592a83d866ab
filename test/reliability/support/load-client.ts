import { isDeepStrictEqual } from "node:util";
import { email, passkey, securityKey, totp } from "../../support/methods.ts";
import type { Answer, Call } from "../../support/server.ts";
import { methodsOf } from "../../support/users.ts";
import { ConnectionLostError } from "./connection.ts";
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

/** Whatever answers requests. */
export interface Caller {
  /** @throws ConnectionLostError */
  call(path: string, call?: Call): Promise<Answer>;
}

/** What came of one write. */
export interface Attempt {
  readonly isAcknowledged: boolean;
  /** Undefined where the connection was lost. */
  readonly status: number | undefined;
  readonly clientPort: number | undefined;
  readonly retryAfter: string | null;
  readonly milliseconds: number;
}

const mostMethods = 8;

/** Writes to one user, one write after the other, and knows what the user must have. */
export class LoadClient {
  readonly #caller: Caller;
  readonly #random: () => number;
  readonly #userId: string;
  readonly #methods: string;
  /** Users with WebAuthn credentials cannot be replaced, so half of them have none. */
  readonly #isReplaceable: boolean;
  #serial: number;
  #certain: readonly Method[] = [];
  #uncertain: Write | undefined;
  readonly found = { done: 0, notDone: 0 };

  constructor(caller: Caller, number: number, seed: number, prefix: string) {
    this.#caller = caller;
    this.#random = seededRandom(seed + number);
    this.#userId = `${prefix}-${number}`;
    this.#methods = methodsOf(`auth0|${this.#userId}`);
    this.#isReplaceable = number % 2 === 0;
    this.#serial = number * 1_000_000;
  }

  async createUser(): Promise<void> {
    const body = { connection: "Username-Password-Authentication", user_id: this.#userId };
    const { status } = await this.#caller.call("/users", { body });
    if (status !== 201) throw new Error(`the user was not created: ${status}`);
  }

  /** Sends one write that must succeed; only an answer that is lost, or a 503, leaves it open whether it was done. */
  async write(): Promise<Attempt> {
    const write = this.#nextWrite();
    this.#uncertain = write;
    const started = performance.now();
    const answer = await this.#send(write);
    const milliseconds = performance.now() - started;
    if (answer instanceof ConnectionLostError) {
      const { clientPort } = answer;
      return { isAcknowledged: false, status: undefined, clientPort, retryAfter: null, milliseconds };
    }
    const { status, headers, body } = answer;
    const isAcknowledged = status === write.success;
    if (!isAcknowledged && status !== 503)
      throw new Error(`${this.#userId}: ${JSON.stringify(write.call)}: ${status} ${JSON.stringify(body)}`);
    if (isAcknowledged) {
      this.#certain = write.acknowledged(this.#certain, body);
      this.#uncertain = undefined;
    }
    return {
      isAcknowledged,
      status,
      clientPort: undefined,
      retryAfter: headers.get("retry-after"),
      milliseconds,
    };
  }

  /**
   * Holds what is there against the model. A create whose answer was lost is then sent again with its
   * Idempotency-Key, as clients do, and must be there once.
   */
  async check(): Promise<void> {
    await this.#outwaitOthers();
    const now = await this.#list();
    const write = this.#uncertain;
    if (!isDeepStrictEqual(now, this.#certain)) {
      if (!write?.isDone(this.#certain, now)) this.#complain(now);
      this.found.done += 1;
    } else if (write !== undefined) {
      this.found.notDone += 1;
    }
    this.#certain = now;
    this.#uncertain = undefined;
    if (write?.call.method === "POST") await this.#sendAgain(write);
  }

  async #send(write: Write): Promise<Answer | ConnectionLostError> {
    try {
      return await this.#caller.call(this.#methods + write.path, write.call);
    } catch (error) {
      if (error instanceof ConnectionLostError) return error;
      throw error;
    }
  }

  /** A commit of a server that is gone may still be under way in the database: a write waits for its end. */
  async #outwaitOthers(): Promise<void> {
    const path = `${this.#methods}/${encodeURIComponent("phone|dev_0000000000000000")}`;
    const { status } = await this.#caller.call(path, { method: "DELETE" });
    if (status !== 404) throw new Error(`${this.#userId} cannot be written: ${status}`);
  }

  async #sendAgain(write: Write): Promise<void> {
    this.#uncertain = write;
    const { status, body } = await this.#caller.call(this.#methods + write.path, write.call);
    if (status !== write.success) throw new Error(`sent again: ${status} ${JSON.stringify(body)}`);
    const created = comparable(body);
    this.#certain = [...this.#certain.filter(({ id }) => id !== created.id), created];
    this.#uncertain = undefined;
    const now = await this.#list();
    if (!isDeepStrictEqual(now, this.#certain)) this.#complain(now);
  }

  #complain(now: readonly Method[]): never {
    const uncertain = this.#uncertain && ` and perhaps ${JSON.stringify(this.#uncertain.call)}`;
    throw new Error(
      `${this.#userId} must have ${JSON.stringify(this.#certain)}${uncertain ?? ""}, but has ${JSON.stringify(now)}`,
    );
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
