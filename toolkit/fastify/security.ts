import type { FastifyRequest } from "fastify";
import { type CredentialCarrier, readCredential } from "../openapi/credential.ts";
import type { ContractDocument } from "../openapi/document.ts";
import { objectAt } from "../openapi/json.ts";
import type { Operation, SecurityRequirement } from "../openapi/operation.ts";
import { isPromise } from "./promise.ts";
import { ForbiddenError } from "./refusals.ts";

/**
 * Checks one security scheme: returns who is asking, or throws (or rejects) to refuse. It is given the scopes that the
 * contract names for the operation and compares them itself, since each scheme keeps its scopes elsewhere; and the
 * credential that the scheme asks for, read as RFC 9110 writes it: the token of `bearer`, `oauth2` and `openIdConnect`,
 * `user:password` of `basic`, an API key; `undefined` where there is none, and for `mutualTLS`.
 */
export type SecurityHandler<Principal> = (
  request: FastifyRequest,
  scopes: readonly string[],
  credential: string | undefined,
) => Principal | Promise<Principal>;

export type SecurityHandlers<Principal> = Readonly<Record<string, SecurityHandler<Principal>>>;

/** Lets a request pass and says who is asking, or throws. A promise only where a handler returned one. */
export type SecurityCheck<Principal> = (
  request: FastifyRequest,
) => Principal | undefined | Promise<Principal | undefined>;

/** Tells of schemes without a handler and handlers without a scheme. */
export function checkSecurityHandlers(
  document: ContractDocument,
  operations: readonly Operation[],
  handlers: Readonly<Record<string, unknown>>,
): void {
  for (const { id, security, pointer } of operations) {
    for (const { name, scheme } of security.flat()) {
      // One that is not defined has been told of.
      if (scheme === undefined || (Object.hasOwn(handlers, name) && typeof handlers[name] === "function"))
        continue;
      document.report(
        pointer,
        `The security scheme "${name}" has no handler: add one to securityHandlers, or ${id} would be open.`,
      );
    }
  }
  const schemes = objectAt(objectAt(document.root, "components"), "securitySchemes");
  for (const name of Object.keys(handlers)) {
    if (Object.hasOwn(schemes, name)) continue;
    document.report(
      "#/components/securitySchemes",
      `securityHandlers has "${name}", which is no security scheme of the contract: correct or remove it.`,
    );
  }
}

/** The check of an operation's alternatives; `undefined` where there is nothing to check. */
export function securityCheck<Principal>(
  security: readonly SecurityRequirement[],
  handlers: SecurityHandlers<Principal>,
): SecurityCheck<Principal> | undefined {
  const alternatives = security.filter((requirement) => requirement.length > 0).map(allOf(handlers));
  const [first, ...others] = alternatives;
  if (first === undefined) return undefined;
  const letsAnonymousIn = alternatives.length < security.length;
  if (others.length === 0 && !letsAnonymousIn) return first;
  return (request) => anyOf(alternatives, letsAnonymousIn, request);
}

function allOf<Principal>(handlers: SecurityHandlers<Principal>) {
  return (requirement: SecurityRequirement): SecurityCheck<Principal> => {
    const [first, ...others] = requirement.map(({ name, scopes, scheme }) => {
      const handler = scheme === undefined ? refuse : (handlers[name] ?? refuse);
      return (request: FastifyRequest) =>
        handler(request, scopes, scheme && readCredential(scheme, new RequestCarrier(request)));
    });
    if (first === undefined) return () => undefined;
    if (others.length === 0) return first;
    return async (request) => {
      const principal = await first(request);
      for (const check of others) await check(request);
      return principal;
    };
  };
}

/** A request as credentials are read from it. Its query is taken apart only for those that are in it. */
class RequestCarrier implements CredentialCarrier {
  readonly headers: FastifyRequest["headers"];
  readonly #raw: FastifyRequest["raw"];

  constructor({ headers, raw }: FastifyRequest) {
    this.headers = headers;
    this.#raw = raw;
  }

  get query(): URLSearchParams {
    return new URLSearchParams((this.#raw.url ?? "").split("?").slice(1).join("?"));
  }
}

/** A scheme without a handler, or that is not defined, lets nobody in. */
function refuse(): never {
  throw new ForbiddenError("The operation asks for a security scheme that nothing here knows.");
}

/** The first alternative that passes; where none does, the first one's refusal. A promise only where a check made one. */
function anyOf<Principal>(
  alternatives: readonly SecurityCheck<Principal>[],
  letsAnonymousIn: boolean,
  request: FastifyRequest,
  next = 0,
  firstRefusal?: unknown,
): Principal | undefined | Promise<Principal | undefined> {
  const alternative = alternatives[next];
  if (alternative === undefined) {
    if (letsAnonymousIn) return undefined;
    throw firstRefusal;
  }
  const goOn = (refusal: unknown) =>
    anyOf(alternatives, letsAnonymousIn, request, next + 1, next === 0 ? refusal : firstRefusal);
  try {
    const principal = alternative(request);
    return isPromise(principal) ? principal.then(undefined, goOn) : principal;
  } catch (refusal) {
    return goOn(refusal);
  }
}
