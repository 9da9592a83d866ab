import { isDeepStrictEqual } from "node:util";
import type { JSONWebKeySet } from "jose";
import { IssuerUnavailableError } from "./errors.ts";
import { fetchKeySet, requireTrustworthyUrl } from "./issuer-metadata.ts";
import {
  importVerificationKeys,
  type KeyQuery,
  matchingKeys,
  signatureAlgorithms,
  type VerificationKey,
} from "./verification-keys.ts";

/** The public keys an issuer signs with, as far as they are known now. */
export interface IssuerKeys {
  /** Whether any key is known, so that tokens can be verified. */
  readonly available: boolean;
  /** Another number after every change of the set: what an earlier set decided must be decided again. */
  readonly revision: number;
  /** How long ago the keys were last fetched; undefined where there are none. */
  readonly ageSeconds?: number | undefined;
  /**
   * The keys that may have signed a token with this header; none when the issuer has no such key.
   *
   * @throws IssuerUnavailableError while no key of the issuer is known
   */
  find(query: KeyQuery): Promise<readonly VerificationKey[]>;
  /** Ends the background work. */
  close(): void;
}

export interface IssuerKeysOptions {
  /** Exactly as in the `iss` claim and in the issuer's own metadata, trailing slash included. */
  readonly issuer: string;
  /** Where the key set is, for an issuer without metadata. @default as its metadata says */
  readonly jwksUri?: string | undefined;
  readonly log: { warn(message: string): void; info(message: string): void };
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** How long a set is used before it is fetched anew, in the background. @default 600 */
  readonly maxAgeSeconds?: number;
  /**
   * How long after they were last fetched keys are believed, so at most how long one that the issuer has removed is. A
   * shorter time than `maxAgeSeconds` takes two of the fetches into it. @default 3600
   */
  readonly believedSeconds?: number;
  /** How long after a fetch an unknown key id causes no other. @default 30 */
  readonly cooldownSeconds?: number;
  /** Milliseconds since the UNIX epoch. @default Date.now */
  readonly now?: () => number;
}

const fetchTimeoutMilliseconds = 5_000;
const maximumRetrySeconds = 30;

/**
 * Keeps the keys of a remote issuer: fetched at once, again before they are stale, and when a token names an unknown
 * key. While the issuer is down, or answers without a single usable key, the last good set stays in use, for
 * `believedSeconds` after it was last seen.
 *
 * @throws Error when the issuer's URL or `jwksUri` is neither https nor on this machine
 */
export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const { issuer, jwksUri, log, cooldownSeconds = 30, now = Date.now, believedSeconds = 3_600 } = options;
  const maxAgeSeconds = Math.min(options.maxAgeSeconds ?? 600, believedSeconds / 2);
  const fetch = options.fetch ?? globalThis.fetch;
  requireTrustworthyUrl("The issuer", issuer);
  if (jwksUri !== undefined) requireTrustworthyUrl("The issuer's key set URL", jwksUri);

  const closing = new AbortController();
  let set: JSONWebKeySet | undefined;
  let keys: readonly VerificationKey[] = [];
  let revision = 0;
  let failures = 0;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let seenAt = Number.NEGATIVE_INFINITY;
  let nextFetchAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let fetching: Promise<void> | undefined;

  async function fetchOnce(): Promise<void> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(fetchTimeoutMilliseconds)]);
    const askedAt = now();
    const fetched = await fetchKeySet(issuer, jwksUri, { fetch, signal });
    if (isDeepStrictEqual(fetched, set)) {
      seenAt = askedAt;
      return;
    }
    const imported = await importVerificationKeys(fetched);
    // An issuer that publishes nothing is broken rather than without keys: it could not sign either.
    if (imported.length === 0)
      throw new Error(`its key set has no key for ${signatureAlgorithms.join(", ")}`);
    set = fetched;
    keys = imported;
    seenAt = askedAt;
    revision += 1;
  }

  /** A new revision, so that what the keys decided is believed no longer than they are. */
  function forgetOldKeys(): void {
    if (keys.length === 0 || now() - seenAt <= believedSeconds * 1_000) return;
    log.warn(
      `The keys of the issuer ${issuer} were last seen ${believedSeconds} seconds ago, so no token can be verified: see why it cannot be reached.`,
    );
    set = undefined;
    keys = [];
    revision += 1;
  }

  async function fetchAndSchedule(): Promise<void> {
    clearTimeout(timer);
    fetchedAt = now();
    try {
      await fetchOnce();
      if (failures > 0) log.info(`The keys of the issuer ${issuer} can be fetched again.`);
      failures = 0;
    } catch (error) {
      if (closing.signal.aborted) return;
      failures += 1;
      const meanwhile = keys.length > 0 ? "The last good ones stay in use." : "No token can be verified.";
      log.warn(`The keys of the issuer ${issuer} cannot be fetched: ${reasonOf(error)}. ${meanwhile}`);
    }
    if (closing.signal.aborted) return;
    const delay = failures === 0 ? maxAgeSeconds : Math.min(2 ** (failures - 1), maximumRetrySeconds);
    nextFetchAt = now() + delay * 1_000;
    timer = setTimeout(refresh, delay * 1_000).unref();
  }

  /** Concurrent callers share one fetch. Never rejects. */
  function refresh(): Promise<void> {
    fetching ??= fetchAndSchedule().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  refresh();

  return {
    get available() {
      forgetOldKeys();
      return keys.length > 0;
    },
    get revision() {
      forgetOldKeys();
      return revision;
    },
    get ageSeconds() {
      return keys.length === 0 ? undefined : (now() - seenAt) / 1_000;
    },
    async find(query) {
      forgetOldKeys();
      if (keys.length === 0) await fetching;
      if (keys.length === 0) {
        throw new IssuerUnavailableError(Math.max(1, Math.ceil((nextFetchAt - now()) / 1_000)));
      }
      const found = matchingKeys(keys, query);
      const mayAskAgain = fetching !== undefined || now() - fetchedAt >= cooldownSeconds * 1_000;
      if (found.length > 0 || !mayAskAgain || closing.signal.aborted) return found;
      await refresh();
      return matchingKeys(keys, query);
    },
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}

/** What `fetch` reports as "fetch failed" has its reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : error.message;
}
