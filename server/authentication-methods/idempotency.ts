import type {
  CreateAuthenticationMethodRequest,
  CreatedAuthenticationMethod,
} from "../../generated/openapi.d.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { IdempotentAnswer } from "../store/store.ts";

const keptForMicroseconds = 24 * 60 * 60 * 1_000_000;

/** One request's use of its `Idempotency-Key`. */
export interface IdempotencyKeyUse {
  /** The answer to keep under the key, encrypted, since it may hold a secret. */
  seal(
    request: CreateAuthenticationMethodRequest,
    created: CreatedAuthenticationMethod,
    now: number,
  ): IdempotentAnswer;
  /** The answer that was kept under the key. */
  open(answer: IdempotentAnswer): CreatedAuthenticationMethod;
  /** Lets the next request with this key in. */
  end(): void;
}

/** The `Idempotency-Key`s of requests under way in this process (draft-ietf-httpapi-idempotency-key-header). */
export class IdempotencyKeys {
  readonly #inFlight = new Set<string>();
  readonly #secrets: Pick<Secrets, "cipher" | "payloadHash">;

  constructor(secrets: Pick<Secrets, "cipher" | "payloadHash">) {
    this.#secrets = secrets;
  }

  /** Undefined while another request of the same caller with the same key is under way. */
  begin(header: string, subject: string, userId: string): IdempotencyKeyUse | undefined {
    const key = header.startsWith('"') ? header.slice(1, -1) : header;
    const scope = JSON.stringify([subject, userId]);
    const inFlight = JSON.stringify([scope, key]);
    if (this.#inFlight.has(inFlight)) return undefined;
    this.#inFlight.add(inFlight);

    const { cipher, payloadHash } = this.#secrets;
    const binding = { scope, key };
    return {
      seal: (request, created, now) => ({
        scope,
        key,
        userId,
        methodId: created.id,
        payloadHash: payloadHash(canonicalJson(request)),
        encryptedAnswer: cipher.encrypt(JSON.stringify(created), binding),
        expiresAt: now + keptForMicroseconds,
      }),
      open: (answer) => JSON.parse(cipher.decrypt(answer.encryptedAnswer, binding)),
      end: () => this.#inFlight.delete(inFlight),
    };
  }
}
