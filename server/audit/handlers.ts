import type { Handlers } from "contract-first/fastify";
import type { operations } from "../../generated/openapi.d.ts";
import type { Principal } from "../security/principal.ts";
import type { Store } from "../store/store.ts";
import { represent, toId, toKey } from "./representation.ts";

/** The operation on the audit trail. */
export function auditHandlers(
  store: Pick<Store, "listAuditEvents">,
): Pick<Handlers<operations, Principal>, "listAuditEvents"> {
  return {
    async listAuditEvents({ params, query }) {
      // The contract's defaults are filled in, which the generated types do not tell.
      const { take } = query as Required<typeof query>;
      const before = query.from === undefined ? undefined : toKey(query.from);
      // One more than asked for tells whether there are others.
      const found = await store.listAuditEvents(params.id, take + 1, before);
      const events = found.slice(0, take);
      const last = events.at(-1);
      return {
        status: 200,
        body: {
          events: events.map(represent),
          ...(found.length > take && last !== undefined && { next: toId(last) }),
        },
      };
    },
  };
}
