import type { Handlers } from "contract-first/fastify";
import type { operations } from "../../generated/openapi.d.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Principal } from "../security/principal.ts";
import type { Store } from "../store/store.ts";

/** What the handlers of authentication methods work with. */
export interface Dependencies {
  readonly store: Store;
  readonly secrets: Secrets;
  /** The moment of a creation in microseconds since the UNIX epoch, never the same twice. */
  readonly now: () => number;
}

/** A handler for each of the seven operations. */
export type AuthenticationMethodHandlers = Pick<
  Handlers<operations, Principal>,
  Exclude<
    Extract<keyof operations, `${string}AuthenticationMethod` | `${string}AuthenticationMethods`>,
    "verifyAuthenticationMethod"
  >
>;
