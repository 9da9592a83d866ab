import { randomBytes } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import type { Delivery } from "../../generated/openapi.d.ts";
import { authenticationMethodNotFound } from "../authentication-methods/problems.ts";
import { InsufficientScopeError } from "../security/errors.ts";
import type { Principal } from "../security/principal.ts";
import { codesScope } from "../security/scopes.ts";
import type { Actor } from "../store/audit/event.ts";
import type { SendAttempt, Session } from "../store/verification.ts";
import { userNotFound } from "../users/problems.ts";
import { codeOf, isSameCode } from "./code.ts";
import { type Channel, type CodeMessage, DeliveryError } from "./delivery/delivery.ts";
import type { VerificationDependencies } from "./dependencies.ts";
import { secondsUntil } from "./moments.ts";
import { challengeExpired, deliveryFailed, tooManyCodes } from "./problems.ts";

/** NIST SP 800-63B, section 5.1.3.2 allows twice that; in microseconds. */
const lifetime = 5 * 60_000_000;

/** Where a code goes. */
export interface Destination {
  readonly channel: Channel;
  /** The phone number or e-mail address, in full. */
  readonly recipient: string;
}

/** The codes that are sent, or returned to callers that send them. */
export class Codes {
  readonly #dependencies: VerificationDependencies;

  constructor(dependencies: VerificationDependencies) {
    this.#dependencies = dependencies;
  }

  /** @param now microseconds since the UNIX epoch */
  newSession(now: number): Session {
    return { id: randomBytes(16).toString("base64url"), expiresAt: now + lifetime };
  }

  /**
   * Whether codes can be delivered as asked for.
   *
   * @throws InsufficientScopeError where the caller may not read codes
   */
  canDeliver(delivery: Delivery | undefined, principal: Principal): boolean {
    const { delivery: webhook, testCode } = this.#dependencies;
    if (delivery !== "return") return webhook !== undefined || testCode !== undefined;
    if (!principal.scopes.has(codesScope)) throw new InsufficientScopeError([codesScope]);
    return true;
  }

  /** Sends the code of a session or gives it to be returned, where it may be; the answer to its challenge otherwise. */
  async send(
    attempt: SendAttempt,
    { delivery, ...destination }: Destination & { readonly delivery: Delivery | undefined },
    log: FastifyBaseLogger,
    actor: Actor,
  ) {
    const { store, metrics } = this.#dependencies;
    const { userId, method, session, now } = attempt;
    const type = destination.channel === "email" ? "email" : "phone";
    const allowed = await store.sendCode(attempt, actor);
    if (allowed.outcome === "too-many") {
      metrics.challenge(type, "paused");
      return tooManyCodes(secondsUntil(allowed.at, now));
    }
    if (allowed.outcome !== "allowed") {
      metrics.challenge(type, "refused");
      if (allowed.outcome === "unknown-user") return userNotFound;
      return allowed.outcome === "unknown-method" ? authenticationMethodNotFound : challengeExpired;
    }
    const code = codeOf(this.#dependencies.challengeKey, session.id);
    const isReturned = delivery === "return" || this.#dependencies.delivery === undefined;
    const message = {
      userId,
      ...(method !== undefined && { methodId: method.id }),
      challengeId: session.id,
      ...destination,
      code,
      expiresAt: session.expiresAt,
    };
    if (!isReturned && !(await this.#deliver(message, log))) {
      metrics.challenge(type, "undelivered");
      return deliveryFailed;
    }
    metrics.challenge(type, "created");
    return { status: "sent", returned: isReturned ? { otp_code: code } : {} } as const;
  }

  isRight(challengeId: string, code: string): boolean {
    return isSameCode(codeOf(this.#dependencies.challengeKey, challengeId), code) || this.isTestCode(code);
  }

  isTestCode(code: string): boolean {
    return code === this.#dependencies.testCode;
  }

  async #deliver(message: CodeMessage, log: FastifyBaseLogger): Promise<boolean> {
    const { delivery, metrics } = this.#dependencies;
    const { channel, methodId } = message;
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      await delivery?.deliver(message);
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      metrics.delivery(channel, "failed", seconds());
      log.error(
        { event: "code_send_failed", methodId, channel, reason: error.message },
        "a code was not sent",
      );
      return false;
    }
    metrics.delivery(channel, "delivered", seconds());
    log.info({ event: "code_sent", methodId, channel }, "a code was sent");
    return true;
  }
}
