import type { Auth } from "./auth.ts";

/** Several credentials on every request, as a contract's security requirement may name several schemes. */
export function allOf(...auths: readonly Auth[]): Auth {
  const all: Auth = async (request, context) => {
    let authorized = request;
    for (const auth of auths) {
      const { fetch } = context;
      const next = await auth(authorized, auth.isFixed ? { fetch } : context);
      if (!next && context.refused) return undefined;
      authorized = next ?? authorized;
    }
    return authorized;
  };
  all.isFixed = auths.every(({ isFixed }) => isFixed);
  return all;
}
