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

    async listAuthenticationMethods({ params, query }, { principal }) {
      // The contract's defaults are filled in, which the generated types do not tell.
      const { page, per_page: limit, include_totals: includeTotals } = query as Required<typeof query>;
      const offset = page * limit;
      const found = await store.listMethods(params.id, { offset, limit });
      if (found.outcome === "unknown-user") return userNotFound;
      const view = { masked: !seesUnmasked(principal), confirmed: true };
      const authenticators = found.methods.map((method) => represent(method, view));
      return {
        status: 200,
        body: includeTotals ? { authenticators, total: found.total, start: offset, limit } : authenticators,
      };
    },

    replaceAuthenticationMethods: replaceHandler(dependencies),

    async deleteAuthenticationMethods({ params }) {
      switch (await store.deleteMethods(params.id)) {
        case "deleted":
          return { status: 204 };
        case "has-passkey":
          return passkeyRegistered;
        case "unknown-user":
          return userNotFound;
      }
    },

    async getAuthenticationMethod({ params }, { principal }) {
      const found = await store.getMethod(params.id, params.authentication_method_id);
      switch (found.outcome) {
        case "found":
          return {
            status: 200,
            body: represent(found.method, { masked: !seesUnmasked(principal), confirmed: true }),
          };
        case "unknown-method":
          return authenticationMethodNotFound;
        case "unknown-user":
          return userNotFound;
      }
    },

    async updateAuthenticationMethod({ params, body }, { principal }) {
      const { id, authentication_method_id: methodId } = params;
      // The type stands in the id, so a phone's own field is refused for other methods before anything is written.
      const refused = body.preferred_authentication_method !== undefined && !methodId.startsWith("phone|");
      const updated = refused
        ? await store.getMethod(id, methodId)
        : await store.updateMethod(id, methodId, body);
      switch (updated.outcome) {
        case "found":
          return preferredMethodOfPhonesOnly;
        case "updated":
          return {
            status: 200,
            body: represent(updated.method, { masked: !seesUnmasked(principal), confirmed: false }),
          };
        case "unknown-method":
          return authenticationMethodNotFound;
        case "unknown-user":
          return userNotFound;
      }
    },

    async deleteAuthenticationMethod({ params }) {
      switch (await store.deleteMethod(params.id, params.authentication_method_id)) {
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
