import type { JsonObject, Operation } from "../openapi/index.ts";
import { errorAnswers } from "./error-schema.ts";
import { propertyName } from "./names.ts";
import type { Group, Project, Scheme } from "./project.ts";

/** The files of a server that answers by its contract's examples until its handlers are written. */
export function serverFiles(project: Project, isLenient: boolean): Record<string, string> {
  return {
    "server/main.ts": main,
    "server/app.ts": app(project, isLenient),
    "server/contract.ts": contract(isLenient),
    "server/error-answers.ts": errorAnswers(project),
    "server/security/principal.ts": principal(project),
    ...Object.fromEntries(
      project.groups.map((group) => [`server/handlers/${group.file}.ts`, handlers(group)]),
    ),
    ...Object.fromEntries(
      project.schemes.map((scheme) => [`server/security/${scheme.file}.ts`, securityHandler(scheme)]),
    ),
    ...(project.schemes.some(hasTokens) && { "server/security/access-token.ts": accessToken }),
  };
}

const main = `import { registerMetrics, serveUntilStopped } from "contract-first/fastify";
import { buildApp } from "./app.ts";

const {
  HOST: host = "127.0.0.1",
  PORT: port = "8080",
  LOG_LEVEL: level = "info",
  METRICS_HOST: metricsHost = "127.0.0.1",
  METRICS_PORT: metricsPort,
} = process.env;
const app = await buildApp({ logger: { level } });
if (metricsPort !== undefined) {
  const metrics = await registerMetrics(app);
  metrics.server.listen(Number(metricsPort), metricsHost);
}
await serveUntilStopped(app, { host, port: Number(port) });
`;

function app({ groups, schemes }: Project, isLenient: boolean): string {
  return `import {
  combineHandlers,
  RequestLog,
  registerContract,
  registerContractDocument,
  registerDocs,
  registerHealth,
  requestId,
  type SecurityHandlers,
} from "contract-first/fastify";
import { basePath } from "contract-first/openapi";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import type { ServedOperations } from "../generated/openapi.d.ts";
import { contract } from "./contract.ts";
import { answerErrors } from "./error-answers.ts";
${groups.map(({ file, identifier }) => `import { ${identifier} } from "./handlers/${file}.ts";\n`).join("")}${schemes
  .map(({ file, identifier }) => `import { ${identifier} } from "./security/${file}.ts";\n`)
  .join("")}import type { Principal } from "./security/principal.ts";

export interface AppOptions {
  /** Where requests are logged. @default nowhere */
  readonly logger?: FastifyServerOptions["logger"];
  /** @default those of this folder, which refuse until they are written */
  readonly securityHandlers?: SecurityHandlers<Principal>;
}

const ownSecurityHandlers: SecurityHandlers<Principal> = {
${schemes.map(({ name, identifier }) => `  ${propertyName(name)}: ${identifier},\n`).join("")}};

/** Puts the server together, not listening yet. */
export async function buildApp({
  logger = false,
  securityHandlers = ownSecurityHandlers,
}: AppOptions = {}): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    logger,
    logController: new RequestLog(),
    genReqId: requestId,
    routerOptions: { maxParamLength: 4096 },
  });
  answerErrors(app);
  await registerContract<ServedOperations, Principal>(app, {
    document: contract,
    handlers: combineHandlers(
${groups.map(({ identifier }) => `      ${identifier},\n`).join("")}    ),
    securityHandlers,${isLenient ? "\n    lenient: true," : ""}
  });
  // Behind the contract's own routes, which they leave alone.
  registerHealth(app);
  registerContractDocument(app, contract.root);
  registerDocs(app, {
    directory: new URL("../docs-site/", import.meta.url),
    settings: { baseUrl: \`..\${basePath(contract)}\` },
  });
  return app;
}
`;
}

function contract(isLenient: boolean): string {
  return `import { fileURLToPath } from "node:url";
import type { Handlers } from "contract-first/fastify";
import { documentedAnswers } from "contract-first/mock";
import { loadDocument } from "contract-first/openapi";
import type { ServedOperations } from "../generated/openapi.d.ts";
import type { Principal } from "./security/principal.ts";

/** One handler for each operation. */
export type ContractHandlers = Handlers<ServedOperations, Principal>;

export const contract = await loadDocument(
  fileURLToPath(new URL("../generated/openapi.json", import.meta.url)),${isLenient ? "" : "\n  { strict: true },"}
);

const answers = documentedAnswers(contract);

/** Answers an operation by the contract's example, until its handler is written. */
export function documented<Id extends keyof ServedOperations>(id: Id): ContractHandlers[Id] {
  return (() => answers(id)) as unknown as ContractHandlers[Id];
}
`;
}

function principal({ hasAnonymous }: Project): string {
  return `/** Who is asking${hasAnonymous ? "; undefined where the contract lets anybody in" : ""}. */
export type Principal = { readonly subject: string }${hasAnonymous ? " | undefined" : ""};
`;
}

function handlers({ identifier, title, operations }: Group): string {
  return `import { type ContractHandlers, documented } from "../contract.ts";

// ${oneLine(title)}: in the place of documented(…) goes (input, context) => ({ status, body, headers? }).
export const ${identifier} = {
${operations.map((operation) => `  // ${describe(operation)}\n  ${propertyName(operation.id)}: documented(${JSON.stringify(operation.id)}),\n`).join("")}} satisfies Partial<ContractHandlers>;
`;
}

function describe({ document, pointer, method, path }: Operation): string {
  const { summary } = (document.at(pointer)?.value ?? {}) as JsonObject;
  return oneLine(
    `${method.toUpperCase()} ${path}${typeof summary === "string" && summary !== "" ? `: ${summary}` : ""}`,
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** Whether a scheme's credentials are bearer tokens that an issuer has signed. */
function hasTokens({ definition }: Scheme): boolean {
  const { type, scheme } = definition;
  return type === "openIdConnect" || type === "oauth2" || /^bearer$/i.test(String(scheme));
}

function securityHandler(scheme: Scheme): string {
  const { name, file, identifier } = scheme;
  if (hasTokens(scheme)) {
    return `import type { SecurityHandler } from "contract-first/fastify";
import { verifyAccessToken } from "./access-token.ts";
import type { Principal } from "./principal.ts";

/** The security scheme ${JSON.stringify(name)}. */
export const ${identifier}: SecurityHandler<Principal> = (_request, scopes, token) =>
  verifyAccessToken(token, scopes);
`;
  }
  const isOfConnection = scheme.definition.type === "mutualTLS";
  const hint = isOfConnection
    ? "  // The caller's certificate is that of request.raw.socket, where TLS ends here."
    : `  // credential is ${credentialOf(scheme.definition)}, undefined where there is none: compare it with
  // timingSafeEqual of node:crypto, and return the { subject } that it belongs to.`;
  return `import { type SecurityHandler, UnauthorizedError } from "contract-first/fastify";
import type { Principal } from "./principal.ts";

/** The security scheme ${JSON.stringify(name)}: returns who is asking, or throws. */
export const ${identifier}: SecurityHandler<Principal> = (${isOfConnection ? "request" : "_request, _scopes, credential"}) => {
${hint}
  throw new UnauthorizedError(
    "Nobody is let in before server/security/${file}.ts is written.",
    '${challenge(scheme)}',
  );
};
`;
}

function credentialOf({ type, in: place, name, scheme }: JsonObject): string {
  if (type === "apiKey") return `the key ${oneLine(String(name))} of the ${oneLine(String(place))}`;
  return /^basic$/i.test(String(scheme))
    ? '"user:password"'
    : `what follows "${oneLine(String(scheme))}" in the header Authorization`;
}

function challenge({ definition: { type, scheme }, name }: Scheme): string {
  const kind = type === "http" ? String(scheme).replace(/^./, (first) => first.toUpperCase()) : "ApiKey";
  return `${kind.replaceAll(/[^\w-]/g, "")} realm="${name.replaceAll(/[^\w -]/g, "")}"`;
}

const accessToken = `import { ForbiddenError, UnauthorizedError } from "contract-first/fastify";
import { createRemoteJWKSet, jwtVerify } from "jose";
import type { Principal } from "./principal.ts";

const { ISSUER: issuer, AUDIENCE: audience, JWKS_URI: jwksUri } = process.env;
const keys = jwksUri === undefined ? undefined : createRemoteJWKSet(new URL(jwksUri));

/**
 * Verifies a JWT (RFC 9068): its issuer's signature, issuer, audience, time and scopes.
 *
 * @param token undefined where there is none
 * @throws UnauthorizedError, ForbiddenError
 */
export async function verifyAccessToken(
  token: string | undefined,
  scopes: readonly string[],
): Promise<NonNullable<Principal>> {
  if (token === undefined) throw new UnauthorizedError("A bearer token is missing.", "Bearer");
  if (keys === undefined || issuer === undefined || audience === undefined) {
    throw new UnauthorizedError("No token is taken before ISSUER, AUDIENCE and JWKS_URI are set.", "Bearer");
  }
  const { payload } = await jwtVerify(token, keys, { issuer, audience, requiredClaims: ["sub", "exp"] }).catch(() => {
    throw new UnauthorizedError("The token is not valid.", 'Bearer error="invalid_token"');
  });
  const granted = String(payload.scope ?? "").split(" ");
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) throw new ForbiddenError(\`The token lacks the scope \${missing.join(", ")}.\`);
  return { subject: String(payload.sub) };
}
`;
