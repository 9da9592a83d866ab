import type { Context } from "contract-first/fastify";
import { actorOf } from "../http/actor.ts";
import type { Principal } from "../security/principal.ts";
import type { Actor } from "../store/audit/event.ts";
import { userNotFound } from "../users/problems.ts";
import { createHandler } from "./create.ts";
import type { AuthenticationMethodHandlers, Dependencies } from "./dependencies.ts";
import { authenticationMethodNotFound, passkeyRegistered, preferredMethodOfPhonesOnly } from "./problems.ts";
import { replaceHandler } from "./replace.ts";
import { represent } from "./representation.ts";
import { seesUnmasked } from "./unmasked.ts";

/** The seven operations on a user's authentication methods. */
export function authenticationMethodHandlers(dependencies: Dependencies): AuthenticationMethodHandlers {
  const { store } = dependencies;
  return {
    createAuthenticationMethod: createHandler(dependencies),

    async listAuthenticationMethods({ params, query }, context) {
      // The contract's defaults are filled in, which the generated types do not tell.
      const { page, per_page: limit, include_totals: includeTotals } = query as Required<typeof query>;
      const offset = page * limit;
      const found = await store.listMethods(params.id, { offset, limit }, unmaskedReader(context));
      if (found.outcome === "unknown-user") return userNotFound;
      const view = { masked: !seesUnmasked(context.principal), confirmed: true };
      const authenticators = found.methods.map((method) => represent(method, view));
      return {
        status: 200,
        body: includeTotals ? { authenticators, total: found.total, start: offset, limit } : authenticators,
      };
    },

    replaceAuthenticationMethods: replaceHandler(dependencies),

    async deleteAuthenticationMethods({ params }, context) {
      switch (await store.deleteMethods(params.id, actorOf(context))) {
        case "deleted":
          return { status: 204 };
        case "has-passkey":
          return passkeyRegistered;
        case "unknown-user":
          return userNotFound;
      }
    },

    async getAuthenticationMethod({ params }, context) {
      const { id, authentication_method_id: methodId } = params;
      const found = await store.getMethod(id, methodId, unmaskedReader(context));
      switch (found.outcome) {
        case "found":
          return {
            status: 200,
            body: represent(found.method, { masked: !seesUnmasked(context.principal), confirmed: true }),
          };
        case "unknown-method":
          return authenticationMethodNotFound;
        case "unknown-user":
          return userNotFound;
      }
    },

    async updateAuthenticationMethod({ params, body }, context) {
      const { id, authentication_method_id: methodId } = params;
      // The type stands in the id, so a phone's own field is refused for other methods before anything is written.
      const refused = body.preferred_authentication_method !== undefined && !methodId.startsWith("phone|");
      const updated = refused
        ? await store.getMethod(id, methodId)
        : await store.updateMethod(id, methodId, body, actorOf(context));
      switch (updated.outcome) {
        case "found":
          return preferredMethodOfPhonesOnly;
        case "updated":
          return {
            status: 200,
            body: represent(updated.method, { masked: !seesUnmasked(context.principal), confirmed: false }),
          };
        case "unknown-method":
          return authenticationMethodNotFound;
        case "unknown-user":
          return userNotFound;
      }
    },

    async deleteAuthenticationMethod({ params }, context) {
      const { id, authentication_method_id: methodId } = params;
      switch (await store.deleteMethod(id, methodId, actorOf(context))) {
        case "deleted":
          return { status: 204 };
        case "unknown-method":
          return authenticationMethodNotFound;
        case "unknown-user":
          return userNotFound;
      }
    },
  };
}

/** Who sees phone numbers and e-mail addresses in full is recorded. */
function unmaskedReader(context: Context<Principal>): Actor | undefined {
  return seesUnmasked(context.principal) ? actorOf(context) : undefined;
}
