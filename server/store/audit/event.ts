/** On whose behalf something is done, as it stands in the audit trail. */
export interface Actor {
  /** The `sub` claim of the access token; for a command, who runs it. */
  readonly subject: string;
  /** The `azp` or `client_id` claim. */
  readonly clientId: string | undefined;
  readonly requestId: string | undefined;
  /** The caller's IP address. */
  readonly address: string | undefined;
}

/** What is recorded: every change, and every read of unmasked or secret data. */
export type AuditAction =
  | "user.create"
  | "user.list"
  | "user.read"
  | "user.delete"
  | "authentication_method.create"
  /** The kept answer to a create, which may hold a secret, was given again. */
  | "authentication_method.replay"
  | "authentication_method.list"
  | "authentication_method.read"
  | "authentication_method.update"
  | "authentication_method.replace"
  | "authentication_method.delete"
  /** All of a user. */
  | "authentication_method.delete_all"
  /** An answer was held against a method, or a code was sent for one. */
  | "authentication_method.verify"
  | "authentication_method.send_code"
  /** Everything was written out. */
  | "export";

/** Records in the transaction that is under way. */
export type Recorder = (
  action: AuditAction,
  userId: string | null,
  methodId: string | null,
  outcome: string,
) => void;

/** An entry of the audit trail. Nothing in it is a secret, a phone number or an e-mail address. */
export interface AuditEvent extends Actor {
  readonly action: AuditAction;
  readonly userId: string | null;
  /** Its type stands before the `|`. */
  readonly methodId: string | null;
  /** `success`, or the reason why not: `duplicate`, `limit-reached`, `unknown-user`, … */
  readonly outcome: string;
  /** The chain that the event is in, and its place there, counted from 1. */
  readonly chainId: number;
  readonly sequence: number;
  /** Microseconds since the UNIX epoch. */
  readonly occurredAt: number;
}

/** An event as it is kept. */
export interface AuditRow {
  readonly chainId: number;
  readonly sequence: number;
  readonly occurredAt: number;
  readonly userId: string | null;
  /** The other fields as JSON. */
  readonly event: string;
  /** The keyed hash of all events of a transaction, on the last of them. */
  readonly seal: string | null;
}

/** What stands in the JSON of a row: names as the contract has them. */
interface KeptFields {
  readonly action: AuditAction;
  readonly method_id: string | undefined;
  readonly outcome: string;
  readonly subject: string;
  readonly client_id: string | undefined;
  readonly request_id: string | undefined;
  readonly address: string | undefined;
}

/** What tells an event from the others, and puts them in the order of their time. */
export type AuditKey = Pick<AuditEvent, "occurredAt" | "chainId" | "sequence">;

/** The JSON of a row. */
export function toKeptFields(
  actor: Actor,
  action: AuditAction,
  methodId: string | null,
  outcome: string,
): string {
  const { subject, clientId, requestId, address } = actor;
  const fields: KeptFields = {
    action,
    method_id: methodId ?? undefined,
    outcome,
    subject,
    client_id: clientId,
    request_id: requestId,
    address,
  };
  return JSON.stringify(fields);
}

export function toAuditEvent({ chainId, sequence, occurredAt, userId, event }: AuditRow): AuditEvent {
  const fields = JSON.parse(event) as KeptFields;
  return {
    chainId,
    sequence,
    occurredAt,
    userId,
    action: fields.action,
    methodId: fields.method_id ?? null,
    outcome: fields.outcome,
    subject: fields.subject,
    clientId: fields.client_id,
    requestId: fields.request_id,
    address: fields.address,
  };
}
