import type { SecretCipher } from "../secrets/cipher.ts";
import { DecryptionError } from "../secrets/errors.ts";
import type { MethodRecord, UserRecord } from "../store/store.ts";
import { pages, type Tables } from "../store/tables.ts";
import type { MethodState } from "../store/verification.ts";

export interface ExportOptions {
  /** Decrypts the secrets of totp methods; without it they are left out. */
  readonly cipher: SecretCipher | undefined;
  /** Is told how many lines have been written. */
  readonly onProgress?: (lines: number) => void;
  /** Ends the export between two pages. */
  readonly signal?: AbortSignal;
}

export interface ExportSummary {
  users: number;
  methods: number;
  /** totp methods left out because secrets are. */
  withoutSecret: number;
  /** totp methods left out because their secrets cannot be decrypted. */
  undecryptable: number;
}

const pageSize = 1_000;

/**
 * All users and then all methods as JSON lines that `importLines` takes, a page of them at a time. A user's methods
 * come in the order of their creation; their ids and moments are not told, since a create decides them.
 *
 * @param summary is filled in as the lines are read
 */
export async function* exportLines(
  maintenance: Tables,
  options: ExportOptions,
  summary: ExportSummary,
): AsyncGenerator<string, void> {
  const { onProgress, signal } = options;
  const usersAfter = (key: UserRecord | undefined) => maintenance.usersAfter(key, pageSize);
  for await (const users of pages(usersAfter, undefined, signal)) {
    summary.users += users.length;
    yield users.map(userLine).join("");
    onProgress?.(summary.users);
  }
  for await (const methods of byUser(maintenance, signal)) {
    const states = await maintenance.statesOf(methods.map(({ userId, id }) => ({ userId, methodId: id })));
    const byMethod = new Map(states.map((state) => [state.methodId, state]));
    const lines = methods
      .map((method) => methodLine(method, byMethod.get(method.id), options, summary))
      .filter((line) => line !== undefined);
    summary.methods += lines.length;
    if (lines.length > 0) yield lines.join("");
    onProgress?.(summary.users + summary.methods);
  }
}

/** The methods in pages that hold all of a user's or none, those of a user in the order of their creation. */
async function* byUser(
  maintenance: Tables,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly MethodRecord[], void> {
  const open: MethodRecord[] = [];
  const methodsAfter = (key: MethodRecord | undefined) => maintenance.methodsAfter(key, pageSize);
  for await (const page of pages(methodsAfter, undefined, signal)) {
    open.push(...page);
    const last = open.at(-1)?.userId;
    const end = open.findIndex(({ userId }) => userId === last);
    if (end > 0) yield inOrderOfCreation(open.splice(0, end));
  }
  if (open.length > 0) yield inOrderOfCreation(open);
}

/** Methods that stand by user, sorted within each. */
function inOrderOfCreation(methods: readonly MethodRecord[]): readonly MethodRecord[] {
  return [...Map.groupBy(methods, ({ userId }) => userId).values()].flatMap((own) =>
    own.sort((a, b) => a.createdAt - b.createdAt),
  );
}

function userLine({ id, connection, email, name }: UserRecord): string {
  const user = { connection, ...(email !== null && { email }), ...(name !== null && { name }) };
  return `${JSON.stringify({ user_id: id, user })}\n`;
}

function methodLine(
  { userId, id, type, attributes, encryptedSecret }: MethodRecord,
  state: MethodState | undefined,
  { cipher }: ExportOptions,
  summary: ExportSummary,
): string | undefined {
  const { lastAuthAt = null, signCount = null } = state ?? {};
  const line = {
    user_id: userId,
    type,
    ...attributes,
    ...(lastAuthAt !== null && { last_auth_at: new Date(lastAuthAt / 1000).toISOString() }),
    ...(signCount !== null && { sign_count: signCount }),
  };
  if (encryptedSecret === null) return `${JSON.stringify(line)}\n`;
  if (cipher === undefined) {
    summary.withoutSecret += 1;
    return undefined;
  }
  try {
    const totp_secret = cipher.decrypt(encryptedSecret, { userId, methodId: id });
    return `${JSON.stringify({ ...line, totp_secret })}\n`;
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    summary.undecryptable += 1;
    return undefined;
  }
}
