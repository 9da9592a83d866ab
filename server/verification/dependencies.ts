import type { KeyObject } from "node:crypto";
import type { Handlers } from "contract-first/fastify";
import type { operations } from "../../generated/openapi.d.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Principal } from "../security/principal.ts";
import type { MethodLimits, Store } from "../store/store.ts";
import type { CodeDelivery } from "./delivery/delivery.ts";
import type { VerificationMetrics } from "./metrics.ts";

/** What the handlers of challenges, answers and enrolments work with. */
export interface VerificationDependencies {
  readonly store: Store;
  readonly secrets: Secrets;
  /** Makes codes and user handles, and seals sessions. */
  readonly challengeKey: KeyObject;
  readonly limits: MethodLimits;
  /** Absent: codes are returned, and not sent. */
  readonly delivery: CodeDelivery | undefined;
  readonly metrics: VerificationMetrics;
  /** Microseconds since the UNIX epoch, never the same twice. */
  readonly now: () => number;
  /** For the mock alone: a code that is always right; codes are then returned to whoever asks for one to be sent. */
  readonly testCode: string | undefined;
}

/** A handler for each of the six operations. */
export type VerificationHandlers = Pick<
  Handlers<operations, Principal>,
  | "createAuthenticationChallenge"
  | "verifyAuthenticationMethod"
  | "createPasskeyChallenge"
  | "verifyPasskey"
  | "startAuthenticationEnrolment"
  | "confirmAuthenticationEnrolment"
>;
