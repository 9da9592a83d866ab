import { actorOf } from "../http/actor.ts";
import { userNotFound } from "../users/problems.ts";
import type { AuthenticationMethodHandlers, Dependencies } from "./dependencies.ts";
import { authenticationMethodExists, limitReached, passkeyRegistered } from "./problems.ts";
import { toMethodRecord } from "./record.ts";
import { represent } from "./representation.ts";

/** Puts the given methods in the place of all the user has, in the order of the request. */
export function replaceHandler({
  store,
  secrets,
  now,
}: Dependencies): AuthenticationMethodHandlers["replaceAuthenticationMethods"] {
  return async ({ params, body }, context) => {
    const records = body.map((request) => toMethodRecord(params.id, request, now(), secrets));
    const { outcome } = await store.replaceMethods(params.id, records, actorOf(context));
    switch (outcome) {
      case "replaced":
        return {
          status: 200,
          body: records.map((record) => represent(record, { masked: false, confirmed: false })),
        };
      case "duplicate":
        return authenticationMethodExists;
      case "limit-reached":
        return limitReached;
      case "has-passkey":
        return passkeyRegistered;
      case "unknown-user":
        return userNotFound;
    }
  };
}
