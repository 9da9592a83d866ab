import type { FastifyRequest } from "fastify";
import { ContractSetupError } from "../openapi/errors.ts";
import type { Operation, SecurityRequirement } from "../openapi/operation.ts";
import type { OpenApiDocument } from "../openapi/reference.ts";
import { isObject } from "../openapi/reference.ts";

/**
 * Checks one security scheme: returns who is asking, or throws (or rejects) to refuse. It is given the scopes that the
 * contract names for the operation and compares them itself, since each scheme keeps its scopes elsewhere.
 */
export type SecurityHandler<Principal> = (
  request: FastifyRequest,
  scopes: readonly string[],
) => Principal | Promise<Principal>;

export type SecurityHandlers<Principal> = Readonly<Record<string, SecurityHandler<Principal>>>;

/** Lets a request pass and says who is asking, or throws. A promise only where a handler returned one. */
export type SecurityCheck<Principal> = (
  request: FastifyRequest,
) => Principal | undefined | Promise<Principal | undefined>;

/**
 * Refuses schemes without a handler and handlers without a scheme.
 * @throws ContractSetupError
 */
export function checkSecurityHandlers(
  document: OpenApiDocument,
  operations: readonly Operation[],
  handlers: Readonly<Record<string, unknown>>,
): void {
  const components = isObject(document.components) ? document.components : {};
  const schemes = isObject(components.securitySchemes) ? components.securitySchemes : {};
  for (const { id, security } of operations) {
    for (const scheme of security.flatMap((requirement) => [...requirement.keys()])) {
      if (!Object.hasOwn(schemes, scheme)) {
        throw new ContractSetupError(
          `${id} asks for the security scheme "${scheme}": define it in components.securitySchemes.`,
        );
      }
      if (!Object.hasOwn(handlers, scheme) || typeof handlers[scheme] !== "function") {
        throw new ContractSetupError(
          `The security scheme "${scheme}" has no handler: add one to securityHandlers, or ${id} would be open.`,
        );
      }
    }
  }
  for (const name of Object.keys(handlers)) {
    if (!Object.hasOwn(schemes, name)) {
      throw new ContractSetupError(
        `securityHandlers has "${name}", which is no security scheme of the contract: correct or remove it.`,
      );
    }
  }
}

/** The check of an operation's alternatives; `undefined` where there is nothing to check. */
export function securityCheck<Principal>(
  security: readonly SecurityRequirement[],
  handlers: SecurityHandlers<Principal>,
): SecurityCheck<Principal> | undefined {
  const alternatives = security.filter((requirement) => requirement.size > 0).map(allOf(handlers));
  const [first, ...others] = alternatives;
  if (first === undefined) return undefined;
  const letsAnonymousIn = alternatives.length < security.length;
  if (others.length === 0 && !letsAnonymousIn) return first;
  return (request) => anyOf(alternatives, letsAnonymousIn, request);
}

function allOf<Principal>(handlers: SecurityHandlers<Principal>) {
  return (requirement: SecurityRequirement): SecurityCheck<Principal> => {
    const [first, ...others] = [...requirement].map(([scheme, scopes]) => {
      const handler = handlers[scheme] as SecurityHandler<Principal>;
      return (request: FastifyRequest) => handler(request, scopes);
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

/** The first alternative that passes; where none does, the first one's refusal. */
async function anyOf<Principal>(
  alternatives: readonly SecurityCheck<Principal>[],
  letsAnonymousIn: boolean,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const refusals: unknown[] = [];
  for (const alternative of alternatives) {
    try {
      return await alternative(request);
    } catch (refusal) {
      refusals.push(refusal);
    }
  }
  if (letsAnonymousIn) return undefined;
  throw refusals[0];
}
