import { StoreOpenError, StoreUnavailableError } from "../errors.ts";
import { openConnections, withinTime } from "./connection.ts";
import { isFromServer } from "./errors.ts";
import { noUrl, toOpenError } from "./open-errors.ts";

/** Between the beginnings of two looks at the hosts, in milliseconds. */
const lookInterval = 200;
/** How long a host may take to tell what it is, in milliseconds: the others wait for it where none of them is one. */
const lookTimeout = 2_000;

/** The values of `target_session_attrs`, with which a server may take writes, and with which it may not. */
const writable = new Set(["read-write", "primary", "any"]);
const others = new Set(["read-only", "standby", "prefer-standby"]);

/**
 * The URL of each host that `url` names, `postgres://user@one:5432,two:5432/db` (PostgreSQL documentation, 34.1.1.3
 * Specifying Multiple Hosts), in their order. `target_session_attrs` is not in them: a server needs the primary.
 *
 * @throws StoreOpenError where another kind of server is asked for
 */
export function hostsOf(url: string): readonly string[] {
  const [, beginning = "", hosts = "", rest = ""] =
    /^([^:]+:\/\/(?:[^/?#]*@)?)([^/?#]*)(.*)$/s.exec(url) ?? [];
  const [path = "", query] = rest.split(/\?(.*)/s, 2);
  const parameters = query === undefined ? [] : query.split("&");
  const isTarget = (parameter: string) => parameter.startsWith("target_session_attrs=");
  const target = parameters.find(isTarget)?.split("=", 2)[1];
  if (target !== undefined && !writable.has(target)) {
    if (!others.has(target)) throw noUrl;
    throw new StoreOpenError(
      "target_session_attrs in DATABASE_URL asks for a server that takes no writes: make it read-write.",
    );
  }
  const kept = parameters.filter((parameter) => !isTarget(parameter)).join("&");
  const end = kept === "" ? path : `${path}?${kept}`;
  return hosts.split(",").map((host) => beginning + host + end);
}

/**
 * Which of several hosts takes writes: after a failover it is another. Where a URL names one host, it is that one,
 * and nothing is looked for.
 *
 * The driver's own `target_session_attrs` is not used: our sessions begin read-only, which it takes for a server that
 * takes no writes, and it knocks at hosts that are down without a pause.
 */
export class Primary {
  readonly #hosts: readonly string[];
  #url: string | undefined;
  #look: Promise<string> | undefined;
  #looksAgainAt = 0;

  /** @throws StoreOpenError as `hostsOf` does */
  constructor(url: string) {
    this.#hosts = hostsOf(url);
    if (this.#hosts.length === 1) this.#url = this.#hosts[0];
  }

  /** Of the primary, as far as it is known; undefined where it is to be looked for. */
  get url(): string | undefined {
    return this.#url;
  }

  /** What was found is in doubt: connections are lost, or writes are refused. */
  doubt(): void {
    if (this.#hosts.length > 1) this.#url = undefined;
  }

  /**
   * Finds the primary. However many ask at once, the hosts are asked once, and five times in a second at most.
   *
   * @throws StoreUnavailableError where none of the hosts is one
   */
  find(): Promise<string> {
    this.#look ??= this.#lookOnce().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookOnce(): Promise<string> {
    const now = performance.now();
    if (now < this.#looksAgainAt)
      await new Promise((resolve) => setTimeout(resolve, this.#looksAgainAt - now));
    this.#looksAgainAt = performance.now() + lookInterval;
    try {
      this.#url = await Promise.any(this.#hosts.map(insistOnPrimary));
      return this.#url;
    } catch (error) {
      const { errors } = error as AggregateError;
      throw new StoreUnavailableError(
        "None of the hosts in DATABASE_URL is a primary that answers: start one, or promote a standby.",
        { cause: errors.find((each) => each instanceof Error && isFromServer(each)) ?? errors[0] },
      );
    }
  }
}

/**
 * The URL of the host that takes writes now.
 *
 * @throws StoreOpenError
 */
export async function primaryUrl(url: string): Promise<string> {
  const primary = new Primary(url);
  try {
    return primary.url ?? (await primary.find());
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    const { cause, message } = error;
    if (cause instanceof TypeError || cause instanceof URIError) throw noUrl;
    if (cause instanceof Error && isFromServer(cause)) throw toOpenError(cause);
    throw new StoreOpenError(message, { cause });
  }
}

/** Gives the URL back; rejects where its host does not answer or takes no writes. */
async function insistOnPrimary(url: string): Promise<string> {
  const sql = openConnections(url, 1);
  try {
    const [row] = await withinTime(
      sql<{ recovering: boolean }[]>`SELECT pg_is_in_recovery() AS recovering`,
      () => {},
      lookTimeout,
    );
    if (row?.recovering !== false) throw new StoreUnavailableError("The host is a standby.");
    return url;
  } finally {
    void sql.end({ timeout: 0 });
  }
}
