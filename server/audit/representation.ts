import type { AuditEvent as WireEvent } from "../../generated/openapi.d.ts";
import type { AuditEvent, AuditKey } from "../store/audit/event.ts";

/** The event as it goes on the wire, and as `audit` prints it. */
export function represent(event: AuditEvent): WireEvent {
  const { occurredAt, action, outcome, subject, clientId, userId, methodId, requestId, address } = event;
  return {
    id: toId(event),
    time: new Date(occurredAt / 1000).toISOString(),
    action,
    outcome,
    subject,
    ...(clientId !== undefined && { client_id: clientId }),
    ...(userId !== null && { user_id: userId }),
    ...(methodId !== null && { method_id: methodId, method_type: methodId.slice(0, methodId.indexOf("|")) }),
    ...(requestId !== undefined && { request_id: requestId }),
    ...(address !== undefined && { address }),
  };
}

export function toId({ occurredAt, chainId, sequence }: AuditKey): string {
  return `${occurredAt}-${chainId}-${sequence}`;
}

/** @param id written as the contract says */
export function toKey(id: string): AuditKey {
  const [occurredAt = 0, chainId = 0, sequence = 0] = id.split("-").map(Number);
  return { occurredAt, chainId, sequence };
}
