import type { AuditRow } from "../store/audit/event.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../store/store.ts";
import { type MethodKey, pages, type Setting, type Tables, type UserKey } from "../store/tables.ts";
import type { AnsweredChallenge, MethodState } from "../store/verification.ts";
import { Checksum } from "./checksum.ts";

export interface CopyOptions {
  readonly from: Tables;
  readonly to: Tables;
  /** Microseconds since the UNIX epoch. */
  readonly now: () => number;
  /** Is told how many records the target has. */
  readonly onCopied?: (done: number, total: number) => void;
  /** Is told how many records of both sides have been compared. */
  readonly onCompared?: (done: number, total: number) => void;
  /** Ends the copy between two transactions. */
  readonly signal?: AbortSignal;
}

/** What a table holds here and there. */
export interface TableComparison {
  readonly table: "users" | "methods" | "answers" | "settings" | "states" | "challenges" | "events";
  readonly from: Checksum;
  readonly to: Checksum;
}

/** The target cannot take what the source holds; the message is one sentence for the operator. */
export class CopyRefusedError extends Error {
  override readonly name = "CopyRefusedError";
}

const pageSize = 1_000;

/** Told only where there are any: a database that verifies nothing has none. */
const ofUse: ReadonlySet<string> = new Set(["states", "challenges"]);

/**
 * Copies every record as it is: ids, moments, ciphertexts, the wrapped keys, what verifications left behind and the
 * audit trail. What the target
 * has already is left alone, and a copy that was stopped goes on after the last record it wrote. Then both sides are
 * read whole and compared; where they differ and the copy was not from the first record on, it is repeated from there,
 * which brings over what was written to the source meanwhile.
 *
 * @returns what each table holds at the end, for the caller to see whether it is the same
 * @throws CopyRefusedError before anything is written
 * @throws StoreUnavailableError, StoreFullError, and what the signal was aborted with
 */
export async function copyRecords(options: CopyOptions): Promise<readonly TableComparison[]> {
  const { from, to } = options;
  const settings = await from.settings();
  refuseOtherSettings(settings, await to.settings());
  await to.putSettings(settings);
  const [lastUser, lastMethod] = await Promise.all([to.lastUser(), to.lastMethod()]);
  await copyPages(options, lastUser, lastMethod);
  const compared = await compare(options);
  if (compared.every(isSame) || (lastUser ?? lastMethod) === undefined) return compared;
  await copyPages(options);
  return compare(options);
}

export function isSame({ from, to }: TableComparison): boolean {
  return from.equals(to);
}

/** Fingerprints of another key would never find a duplicate among those that are copied. */
function refuseOtherSettings(source: readonly Setting[], target: readonly Setting[]): void {
  const values = new Map(source.map(({ name, value }) => [name, value]));
  const other = target.find(({ name, value }) => values.get(name) !== value);
  if (other === undefined) return;
  throw new CopyRefusedError(
    `The target has its own ${other.name}, so a server has been started on it: copy to an empty database, and start the server afterwards.`,
  );
}

async function copyPages(
  { from, to, now, onCopied, signal }: CopyOptions,
  lastUser?: UserKey,
  lastMethod?: MethodKey,
): Promise<void> {
  const [source, target] = await Promise.all([from.counts(), to.counts()]);
  const total = source.users + source.methods;
  let done = (lastUser ?? lastMethod) === undefined ? 0 : target.users + target.methods;
  const advance = (records: number) => {
    done += records;
    onCopied?.(Math.min(done, total), total);
  };
  const usersAfter = (key: UserKey | undefined) => from.usersAfter(key, pageSize);
  for await (const users of pages(usersAfter, lastUser, signal)) {
    await to.putUsers(users);
    advance(users.length);
  }
  const methodsAfter = (key: MethodKey | undefined) => from.methodsAfter(key, pageSize);
  for await (const methods of pages(methodsAfter, lastMethod, signal)) {
    await to.putMethods(methods);
    advance(methods.length);
  }
  const moment = now();
  const answersAfter = (key: IdempotentAnswer | undefined) => from.answersAfter(key, pageSize, moment);
  for await (const answers of pages(answersAfter, undefined, signal)) await to.putAnswers(answers);
  // These change with every use, so all are brought over each time.
  for await (const states of pages(statesOf(from), undefined, signal)) await to.putStates(states);
  for await (const challenges of pages(challengesOf(from, moment), undefined, signal))
    await to.putChallenges(challenges);
  for await (const events of pages(eventsAfter(from), undefined, signal)) await to.putAuditEvents(events);
  // Last, as they tell where the events end.
  await to.putAuditChains(await from.auditChains());
}

function statesOf(tables: Tables) {
  return (key: MethodState | undefined) => tables.statesAfter(key, pageSize);
}

function challengesOf(tables: Tables, now: number) {
  return (key: AnsweredChallenge | undefined) => tables.challengesAfter(key, pageSize, now);
}

function eventsAfter(tables: Tables) {
  const everything = { since: 0, userId: undefined };
  return (key: AuditRow | undefined) => tables.auditEventsAfter(key, pageSize, everything);
}

async function compare({
  from,
  to,
  now,
  onCompared,
  signal,
}: CopyOptions): Promise<readonly TableComparison[]> {
  const counts = await Promise.all([from.counts(), to.counts()]);
  const total = counts.reduce((sum, { users, methods }) => sum + users + methods, 0);
  let done = 0;
  const advance = (records: number) => {
    done += records;
    onCompared?.(Math.min(done, total), total);
  };
  const moment = now();
  const [source, target] = await Promise.all([
    checksums(from, moment, advance, signal),
    checksums(to, moment, advance, signal),
  ]);
  const tables = ["users", "methods", "answers", "settings", "states", "challenges", "events"] as const;
  return tables
    .map((table) => ({ table, from: source[table], to: target[table] }))
    .filter(({ table, from, to }) => !ofUse.has(table) || from.count + to.count > 0);
}

/** @param now answers that have expired then do not count: either side may have cleared them away */
async function checksums(
  maintenance: Tables,
  now: number,
  advance: (records: number) => void,
  signal: AbortSignal | undefined,
) {
  const sums = {
    users: new Checksum(),
    methods: new Checksum(),
    answers: new Checksum(),
    settings: new Checksum(),
    states: new Checksum(),
    challenges: new Checksum(),
    /** With the chains that they are in. */
    events: new Checksum(),
  };
  const add = (sum: Checksum, records: readonly object[]) => {
    for (const record of records) sum.add(record);
  };
  const usersAfter = (key: UserRecord | undefined) => maintenance.usersAfter(key, pageSize);
  for await (const users of pages(usersAfter, undefined, signal)) {
    add(sums.users, users);
    advance(users.length);
  }
  const methodsAfter = (key: MethodRecord | undefined) => maintenance.methodsAfter(key, pageSize);
  for await (const methods of pages(methodsAfter, undefined, signal)) {
    add(sums.methods, methods);
    advance(methods.length);
  }
  const answersAfter = (key: IdempotentAnswer | undefined) => maintenance.answersAfter(key, pageSize, now);
  for await (const answers of pages(answersAfter, undefined, signal)) add(sums.answers, answers);
  add(sums.settings, await maintenance.settings());
  for await (const states of pages(statesOf(maintenance), undefined, signal)) add(sums.states, states);
  for await (const challenges of pages(challengesOf(maintenance, now), undefined, signal))
    add(sums.challenges, challenges);
  for await (const events of pages(eventsAfter(maintenance), undefined, signal)) add(sums.events, events);
  add(sums.events, await maintenance.auditChains());
  return sums;
}
