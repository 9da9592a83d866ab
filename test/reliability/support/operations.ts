import type { operations } from "../../../generated/openapi.d.ts";
import document from "../../../generated/openapi.json" with { type: "json" };
import { assertionOf, registrationOf, vectors } from "../../server/verification/webauthn/vectors.ts";
import { phone } from "../../support/methods.ts";

/** A request that would succeed for a token with the operation's scope, unless it answers an earlier one. */
export interface OperationRequest {
  readonly id: string;
  readonly method: string;
  readonly tag: string | undefined;
  /** With the parameters of the path still in braces. */
  readonly template: string;
  readonly scope: string;
  /** The scope of a token that acts on its own user only, where there is one for the operation. */
  readonly ownScope: string | undefined;
  readonly body: object | undefined;
  /** Whether the body must hold what only an earlier answer tells, so that this one is refused for it. */
  readonly isAnswer: boolean;
}

const [vector] = vectors;
if (vector === undefined) throw new Error("there is no vector");
const authSession = { auth_session: "of-nobody" };

/** The compiler asks for a line here for each new operation. */
const bodies: Readonly<Record<keyof operations, object | undefined>> = {
  listUsers: undefined,
  createUser: { connection: "Username-Password-Authentication", user_id: "intruder" },
  listAuditEvents: undefined,
  getUser: undefined,
  deleteUser: undefined,
  createAuthenticationMethod: phone(99),
  listAuthenticationMethods: undefined,
  replaceAuthenticationMethods: [phone(98)],
  deleteAuthenticationMethods: undefined,
  getAuthenticationMethod: undefined,
  updateAuthenticationMethod: { name: "changed" },
  deleteAuthenticationMethod: undefined,
  createAuthenticationChallenge: { type: "webauthn", relying_party_identifier: "login.example.com" },
  verifyAuthenticationMethod: { type: "phone", otp_code: "000000", ...authSession },
  createPasskeyChallenge: { relying_party_identifier: "login.example.com" },
  verifyPasskey: { type: "webauthn", authn_response: assertionOf(vector).answer, ...authSession },
  startAuthenticationEnrolment: { type: "totp", issuer: "Example", account_name: "ada" },
  confirmAuthenticationEnrolment: { authn_response: registrationOf(vector).answer, ...authSession },
};

const answers: readonly string[] = [
  "createAuthenticationChallenge",
  "verifyAuthenticationMethod",
  "verifyPasskey",
  "confirmAuthenticationEnrolment",
];

const methods = ["get", "put", "post", "delete", "patch"] as const;

interface DocumentedOperation {
  readonly operationId: keyof operations;
  readonly tags: readonly string[];
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
      const { operationId: id, security, tags } = operation;
      const scope = security.flatMap(({ bearerAuth = [] }) => bearerAuth)[0];
      const ownScope = security.flatMap(({ ownUserAuth = [] }) => ownUserAuth)[0];
      if (scope === undefined) throw new Error(`${id} asks for no scope`);
      const request = {
        id,
        method: method.toUpperCase(),
        tag: tags[0],
        template,
        scope,
        ownScope,
        body: bodies[id],
        isAnswer: answers.includes(id),
      };
      return method === "get" ? [request, { ...request, id: `${id} by HEAD`, method: "HEAD" }] : [request];
    }),
);

/** The path of an operation for one user and one of its methods. */
export function pathOf({ template }: OperationRequest, userId: string, methodId: string): string {
  return template
    .replace("{id}", encodeURIComponent(userId))
    .replace("{authentication_method_id}", encodeURIComponent(methodId));
}
