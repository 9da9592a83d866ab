import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { queryCredentials } from "../openapi/credential.ts";
import type { Operation } from "../openapi/operation.ts";
import type { Answer } from "./choose-content.ts";
import { ignoreBody, refuseBody } from "./no-body.ts";
import { cookieReader, headerReader, pathReader, queryReader } from "./parameters.ts";
import { isPromise } from "./promise.ts";
import { bodyReader } from "./request-body.ts";
import { RequestContext } from "./request-context.ts";
import { Responder, type Responding } from "./responder.ts";
import type { Schemas } from "./schemas.ts";
import { type SecurityHandlers, securityCheck } from "./security.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The operation that the route serves: a label for metrics and logs. */
    operationId?: string;
  }
}

/** Where a request keeps who is asking, between its security check and its handler. */
export const principalKey = Symbol("principal");

/** A handler whose types were checked against the contract's by the compiler and are known here no more. */
export type UntypedHandler = (
  input: RequestInput,
  context: { readonly request: FastifyRequest },
  reply: FastifyReply,
) => Answer | Promise<Answer>;

interface RequestInput {
  readonly params: object;
  readonly query: object;
  readonly headers: object;
  readonly body: unknown;
}

export interface Compilation<Principal> extends Responding {
  readonly requestSchemas: Schemas;
  readonly securityHandlers: SecurityHandlers<Principal>;
  readonly ignoresDeleteContent: boolean;
}

type RequestWithPrincipal = FastifyRequest & { [principalKey]: unknown };

/** The hooks and the handler of an operation's route. Where handlers are synchronous, no promise is made. */
export function compileRoute<Principal>(
  operation: Operation,
  handler: UntypedHandler,
  compilation: Compilation<Principal>,
): Partial<RouteOptions> {
  const { coercions, requestSchemas: schemas } = compilation;
  const { query, header, cookie } = operation.parameters;
  const reading = { schemas, coercions };
  const readPath = pathReader(operation, reading);
  const readQuery = queryReader(query, queryCredentials(operation.security), reading);
  const readHeaders = headerReader(header, reading);
  const readCookies = cookieReader(cookie, reading);
  const body = operation.requestBody && bodyReader(operation.requestBody, reading);
  const responder = new Responder(operation, compilation);
  const secure = securityCheck(operation.security, compilation.securityHandlers);

  const pass = (request: FastifyRequest, principal: unknown): void => {
    (request as RequestWithPrincipal)[principalKey] = principal;
    body?.checkMediaType(request);
  };

  const ignoresContent = compilation.ignoresDeleteContent && operation.method === "delete";
  const handleNoBody = ignoresContent ? ignoreBody : refuseBody;

  return {
    schema: {},
    exposeHeadRoute: operation.method === "get",
    config: { operationId: operation.id },
    onRequest(request, _reply, done) {
      try {
        const principal = secure?.(request);
        if (isPromise(principal)) {
          principal
            .then((settled) => pass(request, settled))
            .then(
              () => done(),
              (error: unknown) => done(asError(error)),
            );
          return;
        }
        pass(request, principal);
      } catch (error) {
        done(asError(error));
        return;
      }
      done();
    },
    preParsing: body?.begin ?? handleNoBody,
    handler(request, reply) {
      const parameters = {
        params: readPath(request),
        query: readQuery(request),
        headers: readHeaders(request),
        cookies: readCookies(request),
      };
      const context = new RequestContext((request as RequestWithPrincipal)[principalKey], request, reply);
      const read = body?.read(request);
      const answer = isPromise(read)
        ? read.then((settled) => handler({ ...parameters, body: settled }, context, reply))
        : handler({ ...parameters, body: read }, context, reply);
      if (isPromise(answer))
        answer.then(
          (settled) => respond(responder, reply, settled),
          (error: unknown) => reply.send(asError(error)),
        );
      else responder.send(reply, answer);
    },
  };
}

function respond(responder: Responder, reply: FastifyReply, answer: Answer): void {
  try {
    responder.send(reply, answer);
  } catch (error) {
    reply.send(asError(error));
  }
}

/** To Fastify `undefined` is no error, and a string thrown is an answer: neither may open the door. */
function asError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error("Something that is no Error was thrown.", { cause: thrown });
}
