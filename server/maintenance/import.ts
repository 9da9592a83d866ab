import { toMethodRecord } from "../authentication-methods/record.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Actor } from "../store/audit/event.ts";
import type { CreateMethodOutcome, MethodRecord, PreviousUse, Store, UserRecord } from "../store/store.ts";
import { BadLineError, importLineReader, longestLine } from "./import-line.ts";
import { type Line, readLines } from "./lines.ts";

export interface ImportOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  /** Who the audit trail names. */
  readonly actor: Actor;
  /** The moment of a creation in microseconds since the UNIX epoch, never the same twice. */
  readonly now: () => number;
  /** Whether a user that is not there is created for the first method that names it. */
  readonly createUsers: boolean;
  /** Is told of each bad line; the reason names the property and repeats no value. */
  readonly onBadLine: (number: number, reason: string) => void;
  /** Is told how many lines are done, and what came of them. */
  readonly onProgress?: (lines: number, summary: ImportSummary) => void;
  /** Ends the import between two transactions. */
  readonly signal?: AbortSignal;
}

export interface ImportSummary {
  usersCreated: number;
  methodsCreated: number;
  /** Lines whose user or method was there before. */
  alreadyThere: number;
  badLines: number;
}

/** The database failed; the message is one sentence for the operator. */
export class ImportInterruptedError extends Error {
  override readonly name = "ImportInterruptedError";
}

interface Batch {
  readonly users: UserRecord[];
  readonly methods: {
    readonly number: number;
    readonly record: MethodRecord;
    readonly previousUse: PreviousUse | undefined;
  }[];
  readonly bad: Map<number, string>;
}

/** More than any limit that a user may be under. */
const allMethods = { offset: 0, limit: 1_000_000 } as const;

const refusals: Readonly<Record<Exclude<CreateMethodOutcome["outcome"], "created" | "replayed">, string>> = {
  duplicate: "The property 'key_id' is that of a credential which another user has registered",
  "limit-reached": "The user has as many methods of this 'type' as METHOD_LIMITS allows",
  "unknown-user": "The property 'user_id' is that of no user: create it first, or import with --create-users",
};

/**
 * Creates what the lines of `source` ask for: `{"user_id": …, "user": {…}}` with a create-user request without its
 * `user_id`, or `{"user_id": …, "type": …, …}` with a create-method request. A bad line is told and left out, the
 * others are kept. A user's line stands before those of its methods. Lines that come together are written together.
 *
 * @throws ImportInterruptedError, and what the signal was aborted with
 */
export async function importLines(
  source: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<ImportSummary> {
  const { onBadLine, onProgress, signal } = options;
  const read = importLineReader();
  const summary: ImportSummary = { usersCreated: 0, methodsCreated: 0, alreadyThere: 0, badLines: 0 };
  for await (const lines of readLines(source, longestLine)) {
    const batch = readBatch(lines, read, options);
    await write(batch, options, summary).catch((error: Error) => {
      throw new ImportInterruptedError(
        `The import stopped between lines ${lines[0]?.number} and ${lines.at(-1)?.number} (${error.message}): run it again; what is there already is left alone.`,
        { cause: error },
      );
    });
    for (const [number, reason] of [...batch.bad].sort(([a], [b]) => a - b)) onBadLine(number, reason);
    summary.badLines += batch.bad.size;
    onProgress?.(lines.at(-1)?.number ?? 0, summary);
    signal?.throwIfAborted();
  }
  return summary;
}

function readBatch(
  lines: readonly Line[],
  read: ReturnType<typeof importLineReader>,
  { secrets, now }: ImportOptions,
): Batch {
  const batch: Batch = { users: [], methods: [], bad: new Map() };
  for (const { number, bytes } of lines) {
    try {
      const request = read(bytes);
      if (request === undefined) continue;
      const { userId } = request;
      if ("user" in request) {
        const { connection, email = null, name = null } = request.user;
        batch.users.push({ id: userId, connection, email, name, createdAt: now() });
      } else {
        const record = toMethodRecord(userId, request.method, now(), secrets);
        batch.methods.push({ number, record, previousUse: request.previousUse });
      }
    } catch (error) {
      if (!(error instanceof BadLineError)) throw error;
      batch.bad.set(number, error.message);
    }
  }
  return batch;
}

async function write(batch: Batch, options: ImportOptions, summary: ImportSummary): Promise<void> {
  const { store, actor } = options;
  const created = await Promise.all(batch.users.map((user) => store.createUser(user, actor)));
  const createdOfMissing = options.createUsers
    ? await Promise.all(usersOf(batch, options.now).map((user) => store.createUser(user, actor)))
    : [];
  summary.usersCreated += count([...created, ...createdOfMissing], "created");
  summary.alreadyThere += count(created, "duplicate");
  const outcomes = await Promise.all(
    batch.methods.map(({ record, previousUse }) => createMethod(store, record, actor, previousUse)),
  );
  summary.methodsCreated += count(outcomes, "created");
  summary.alreadyThere += count(outcomes, "already-there");
  for (const [index, { number }] of batch.methods.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined && outcome in refusals)
      batch.bad.set(number, refusals[outcome as keyof typeof refusals]);
  }
}

/** A duplicate is there already, unless what makes it one is the credential of another user. */
async function createMethod(
  store: Store,
  record: MethodRecord,
  actor: Actor,
  previousUse: PreviousUse | undefined,
) {
  const { outcome } = await store.createMethod(record, actor, undefined, previousUse);
  const { userId, credentialId } = record;
  if (outcome !== "duplicate") return outcome;
  if (credentialId === null) return "already-there";
  const listed = await store.listMethods(userId, allMethods);
  const isOwn = listed.outcome === "found" && listed.methods.some((own) => own.credentialId === credentialId);
  return isOwn ? "already-there" : "duplicate";
}

/** Those whose methods a batch brings, as far as their ids tell. */
function usersOf({ methods }: Batch, now: () => number): readonly UserRecord[] {
  const ids = new Set(methods.map(({ record }) => record.userId));
  return Array.from(ids, (id) => {
    const provider = id.slice(0, id.indexOf("|"));
    const connection = provider === "auth0" ? "Username-Password-Authentication" : provider;
    return { id, connection, email: null, name: null, createdAt: now() };
  });
}

function count(outcomes: readonly string[], outcome: string): number {
  return outcomes.filter((each) => each === outcome).length;
}
