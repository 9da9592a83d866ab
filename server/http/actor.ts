import type { Context } from "contract-first/fastify";
import type { Principal } from "../security/principal.ts";
import type { Actor } from "../store/audit/event.ts";

/** Who the audit trail names for a request. */
export function actorOf({ principal, request }: Context<Principal>): Actor {
  const { subject, clientId } = principal;
  return { subject, clientId, requestId: request.id, address: request.ip };
}
