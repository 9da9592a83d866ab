import postgres from "postgres";
import { StoreUnavailableError } from "../errors.ts";
import { isOutage, toStoreError } from "./errors.ts";
import type { Primary } from "./primary.ts";

/** A connection, or several, that statements are sent on. */
export type Sql = ReturnType<typeof openConnections>;

/** The database has left a statement without an answer. */
export class NoAnswerError extends StoreUnavailableError {}

/** Longer than PostgreSQL's own timeout, which tells more; shorter than a client waits. In milliseconds. */
const answerTimeout = 5_000;
const connectTimeoutSeconds = 4;
/** Between two attempts to reach a database that is down. */
const reconnectSeconds = 0.2;

/**
 * Sessions are read-only until a transaction says otherwise: when a connection is lost, the driver sends what
 * waits for it on the next one, where no transaction has begun. A write that strayed there would be kept without
 * its lock and without the rest of its transaction; so it is refused.
 *
 * A transaction that its server has abandoned, and with it its locks, is ended by PostgreSQL.
 *
 * Every statement finds its rows by their keys. A plan is kept for the life of a connection; one made while a
 * table was small would read all of it ever after, were it not told to use the keys from the first row on.
 */
const sessionSettings = {
  application_name: "authentication-methods",
  default_transaction_read_only: true,
  statement_timeout: 4_000,
  idle_in_transaction_session_timeout: 5_000,
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

const special = /["\\]/g;

/** One-dimensional arrays as PostgreSQL reads them (documentation, 8.15.2 Array Value Input). */
function toArrayLiteral(values: readonly (string | number | null)[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${String(value).replace(special, "\\$&")}"`)).join(",")}}`;
}

/**
 * Tells the driver of the array types that our statements take, which it would otherwise ask the database for
 * on each new connection, and of moments, which fit a number: microseconds reach 2^53 in the year 2255.
 */
const types = {
  textArray: { to: 1009, from: [], serialize: toArrayLiteral, parse: String },
  bigintArray: { to: 1016, from: [], serialize: toArrayLiteral, parse: String },
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
};

/** @throws TypeError or URIError where `url` is none. */
export function openConnections(url: string, size: number, onLoss: () => void = () => {}) {
  return postgres(url, {
    max: size,
    types,
    fetch_types: false,
    max_lifetime: null,
    idle_timeout: 0,
    connect_timeout: connectTimeoutSeconds,
    backoff: () => reconnectSeconds,
    connection: sessionSettings,
    onclose: onLoss,
    onnotice: () => {},
  });
}

/** What statements are sent on until it stops answering. */
export interface Connections {
  readonly sql: Sql;
  /** Of the host they lead to. */
  readonly url: string;
  /** How many connections have been lost so far: where it has grown, a transaction is not what it was. */
  readonly losses: number;
}

/**
 * Up to `size` connections to the primary, made when they are needed and again when they are lost. Where it stops
 * answering, or is another, they are all given up for new ones, so that nothing waits for an answer that never comes.
 */
export class ConnectionPool {
  readonly #primary: Primary;
  readonly #size: number;
  #connections: Connections | undefined;

  constructor(primary: Primary, size: number) {
    this.#primary = primary;
    this.#size = size;
  }

  /**
   * Runs statements and gives up on them after five seconds.
   *
   * @throws StoreUnavailableError, StoreFullError; errors of other kinds hold nothing of the statement's parameters
   */
  async run<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    try {
      return await this.runRaw(({ sql }) => work(sql));
    } catch (error) {
      throw toStoreError(error);
    }
  }

  /** Like `run`, with PostgreSQL's errors as they are. */
  async runRaw<Result>(work: (connections: Connections) => Promise<Result>): Promise<Result> {
    const connections = this.#connectionsTo(this.#primary.url ?? (await this.#primary.find()));
    try {
      return await withinTime(work(connections), () => this.discard(connections));
    } catch (error) {
      if (isOutage(error)) this.#primary.doubt();
      throw error;
    }
  }

  /** Gives up what is or will be sent on `connections`; what comes after goes to new ones. */
  discard(connections: Connections): void {
    if (connections === this.#connections) this.#connections = undefined;
    void connections.sql.end({ timeout: 0 });
  }

  async close(): Promise<void> {
    await this.#connections?.sql.end({ timeout: answerTimeout / 1000 });
  }

  #connectionsTo(url: string): Connections {
    if (this.#connections !== undefined && this.#connections.url !== url) this.discard(this.#connections);
    this.#connections ??= this.#open(url);
    return this.#connections;
  }

  #open(url: string): Connections {
    const connections = {
      url,
      losses: 0,
      sql: openConnections(url, this.#size, () => {
        connections.losses += 1;
        // What was given up is closed, too.
        if (connections === this.#connections) this.#primary.doubt();
      }),
    };
    return connections;
  }
}

/** @throws NoAnswerError after five seconds, or as many milliseconds as given, and calls `onExpiry` then */
export async function withinTime<Result>(
  answer: Promise<Result>,
  onExpiry = () => {},
  milliseconds = answerTimeout,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onExpiry();
      reject(new NoAnswerError("The database does not answer."));
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
