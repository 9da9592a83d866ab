import type { operations } from "../../../generated/openapi.d.ts";
import document from "../../../generated/openapi.json" with { type: "json" };
import { phone } from "../../support/methods.ts";

/** A request that would succeed for a token with the operation's scope. */
export interface OperationRequest {
  readonly id: string;
  readonly method: string;
  /** With the parameters of the path still in braces. */
  readonly template: string;
  readonly scope: string;
  /** The scope of a token that acts on its own user only, where there is one for the operation. */
  readonly ownScope: string | undefined;
  readonly body: object | undefined;
}

/** The compiler asks for a line here for each new operation. */
const bodies: Readonly<Record<keyof operations, object | undefined>> = {
  createUser: { connection: "Username-Password-Authentication", user_id: "intruder" },
  getUser: undefined,
  deleteUser: undefined,
  createAuthenticationMethod: phone(99),
  listAuthenticationMethods: undefined,
  replaceAuthenticationMethods: [phone(98)],
  deleteAuthenticationMethods: undefined,
  getAuthenticationMethod: undefined,
  updateAuthenticationMethod: { name: "changed" },
  deleteAuthenticationMethod: undefined,
};

const methods = ["get", "put", "post", "delete", "patch"] as const;

interface DocumentedOperation {
  readonly operationId: keyof operations;
  readonly security: readonly {
    readonly bearerAuth?: readonly string[];
    readonly ownUserAuth?: readonly string[];
  }[];
}

/** Every operation of the contract, and HEAD where it has GET. */
export const everyOperation: readonly OperationRequest[] = Object.entries(document.paths).flatMap(
  ([template, item]) =>
    methods.flatMap((method) => {
      const operation = (item as Partial<Record<string, DocumentedOperation>>)[method];
      if (operation === undefined) return [];
      const { operationId: id, security } = operation;
      const scope = security.flatMap(({ bearerAuth = [] }) => bearerAuth)[0];
      const ownScope = security.flatMap(({ ownUserAuth = [] }) => ownUserAuth)[0];
      if (scope === undefined) throw new Error(`${id} asks for no scope`);
      const request = { id, method: method.toUpperCase(), template, scope, ownScope, body: bodies[id] };
      return method === "get" ? [request, { ...request, id: `${id} by HEAD`, method: "HEAD" }] : [request];
    }),
);

/** The path of an operation for one user and one of its methods. */
export function pathOf({ template }: OperationRequest, userId: string, methodId: string): string {
  return template
    .replace("{id}", encodeURIComponent(userId))
    .replace("{authentication_method_id}", encodeURIComponent(methodId));
}
