import { setImmediate } from "node:timers/promises";
import type {
  CreateAuthenticationMethodRequest,
  CreatedAuthenticationMethod,
} from "../../generated/openapi.d.ts";
import { actorOf } from "../http/actor.ts";
import type { Actor } from "../store/audit/event.ts";
import type { MethodRecord } from "../store/store.ts";
import { userNotFound } from "../users/problems.ts";
import type { AuthenticationMethodHandlers, Dependencies } from "./dependencies.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import {
  authenticationMethodExists,
  idempotencyKeyReused,
  idempotentRequestInFlight,
  limitReached,
} from "./problems.ts";
import { toMethodRecord } from "./record.ts";
import { representCreated } from "./representation.ts";
import { seesUnmasked } from "./unmasked.ts";

/** Creates a method; with an `Idempotency-Key`, at most once. */
export function createHandler({
  store,
  secrets,
  now,
}: Dependencies): AuthenticationMethodHandlers["createAuthenticationMethod"] {
  const idempotencyKeys = new IdempotencyKeys(secrets);

  async function create(record: MethodRecord, actor: Actor, created: CreatedAuthenticationMethod) {
    const { outcome } = await store.createMethod(record, actor);
    return outcome === "created" ? ({ status: 201, body: created } as const) : refusal(outcome);
  }

  async function createOnce(
    key: string,
    actor: Actor,
    request: CreateAuthenticationMethodRequest,
    record: MethodRecord,
    created: CreatedAuthenticationMethod,
  ) {
    const use = idempotencyKeys.begin(key, actor.subject, record.userId);
    if (use === undefined) return idempotentRequestInFlight;
    try {
      const answer = use.seal(request, created, record.createdAt);
      const result = await store.createMethod(record, actor, answer);
      if (result.outcome === "created") return { status: 201, body: created } as const;
      if (result.outcome !== "replayed") return refusal(result.outcome);
      if (result.answer.payloadHash !== answer.payloadHash) return idempotencyKeyReused;
      return { status: 201, body: use.open(result.answer) } as const;
    } finally {
      use.end();
    }
  }

  return async ({ params, headers, body }, context) => {
    // One after the other, the secrets of an event-loop turn find OpenSSL in the processor's caches: under load
    // a create with a secret costs a sixth less.
    if (body.type === "totp") await setImmediate();
    const record = toMethodRecord(params.id, body, now(), secrets);
    const created = representCreated(
      record,
      body.type === "totp" ? body.totp_secret : undefined,
      !seesUnmasked(context.principal),
    );
    const key = headers["idempotency-key"];
    const actor = actorOf(context);
    return key === undefined ? create(record, actor, created) : createOnce(key, actor, body, record, created);
  };
}

function refusal(outcome: "duplicate" | "limit-reached" | "replayed" | "unknown-user") {
  switch (outcome) {
    case "duplicate":
      return authenticationMethodExists;
    case "limit-reached":
      return limitReached;
    case "unknown-user":
      return userNotFound;
    case "replayed":
      throw new Error("A create without an Idempotency-Key cannot be replayed");
  }
}
