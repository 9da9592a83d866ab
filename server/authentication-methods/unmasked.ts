import type { Principal } from "../security/principal.ts";
import { unmaskedScope } from "../security/scopes.ts";

/** Whether the caller may see phone numbers and e-mail addresses in full. */
export function seesUnmasked(principal: Principal): boolean {
  return principal.scopes.has(unmaskedScope);
}
