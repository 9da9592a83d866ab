import { createHmac, randomUUID } from "node:crypto";
import { type CodeDelivery, type CodeMessage, DeliveryError } from "./delivery.ts";

/** Where codes are posted to, and what the posts are signed with. */
export interface WebhookOptions {
  readonly url: string;
  /** Each signs: while one takes the place of another, receivers may know either. */
  readonly secrets: readonly Buffer[];
}

const attempts = 2;
/** How long a receiver may take, in milliseconds. */
const answerTimeout = 5_000;

/**
 * Posts each code to one URL, signed as Standard Webhooks says (standardwebhooks.com), while the request that asked
 * for it waits: out of a queue it would come too late. An attempt that fails is made once more under the same
 * `webhook-id`, by which a receiver tells it from another code.
 */
export class Webhook implements CodeDelivery {
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  async deliver(message: CodeMessage): Promise<void> {
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify(payloadOf(message));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#post(id, body);
        return;
      } catch (error) {
        if (attempt === attempts) throw error;
      }
    }
  }

  async #post(id: string, body: string): Promise<void> {
    const timestamp = Math.floor(Date.now() / 1000);
    const response = await fetch(this.#options.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": this.#options.secrets
          .map((secret) => `v1,${sign(secret, `${id}.${timestamp}.${body}`)}`)
          .join(" "),
      },
      body,
      // A code shall reach the address that the operator has named and no other.
      redirect: "manual",
      signal: AbortSignal.timeout(answerTimeout),
    }).catch((error: unknown) => {
      throw new DeliveryError(reasonOf(error));
    });
    await response.body?.cancel();
    if (!response.ok) throw new DeliveryError(`The webhook answered ${response.status}.`);
  }
}

function payloadOf(message: CodeMessage): object {
  const { userId, methodId, challengeId, channel, recipient, code, expiresAt } = message;
  return {
    type: methodId === undefined ? "authentication_enrolment.code" : "authentication_challenge.code",
    timestamp: new Date().toISOString(),
    data: {
      user_id: userId,
      ...(methodId !== undefined && { authentication_method_id: methodId }),
      challenge_id: challengeId,
      channel,
      [channel === "email" ? "email" : "phone_number"]: recipient,
      otp_code: code,
      expires_at: new Date(expiresAt / 1000).toISOString(),
    },
  };
}

function sign(secret: Buffer, content: string): string {
  return createHmac("sha256", secret).update(content).digest("base64");
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return "The webhook did not answer in 5 seconds.";
  return "The webhook cannot be reached.";
}
