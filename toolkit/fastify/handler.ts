import type { FastifyRequest } from "fastify";
import type { NamedMediaType, OfItself, ReceivedBody, SentBody } from "./body-types.ts";
import type { GlueHandler } from "./glue-handler.ts";
import type { RegisteredStatus, StatusOfRange } from "./status.ts";

/** One handler for every operation of the contract, by operationId: none missing, none too many. */
export type Handlers<Operations, Principal> = {
  readonly [Id in keyof Operations]: Handler<Operations[Id], Principal> | GlueHandler;
};

/** A function from what the contract lets in to what the contract lets out. */
export type Handler<Operation, Principal> = (
  input: Input<Operation>,
  context: Context<Principal>,
) => Output<Operation> | Promise<Output<Operation>>;

export interface Context<Principal> {
  /**
   * What the operation's security handler returned; where several schemes must hold together, the first one's.
   * `undefined` where the contract lets anonymous callers in, so `Principal` must then include it.
   */
  readonly principal: Principal;
  readonly request: FastifyRequest;
  /** Is aborted where the client goes away before it has been answered to the end. */
  readonly signal: AbortSignal;
}

/**
 * A request that was held against the contract. Values have the types that their schemas name;
 * query, header and cookie parameters that were absent have their schema's `default` where there is one.
 * A parameter that the contract does not declare is not here: unknown headers and cookies are ignored,
 * unknown query parameters refused.
 */
export interface Input<Operation> {
  readonly params: Parameters<Operation, "path">;
  readonly query: Parameters<Operation, "query">;
  /** By lower-cased name. */
  readonly headers: LowercaseKeys<Parameters<Operation, "header">>;
  readonly cookies: Parameters<Operation, "cookie">;
  /**
   * As parsed, nothing stripped, coerced (form bodies aside) or filled in; `undefined` where none was sent. Bytes that
   * nothing takes apart (an image, `application/octet-stream`) are a stream, within the route's body limit.
   */
  readonly body: RequestBody<Operation>;
}

/**
 * Exactly the answers that the contract documents for the operation. `4XX` stands for the registered
 * statuses of its class and `default` for all registered statuses, less those documented by themselves.
 */
export type Output<Operation> = Operation extends { responses: infer Responses }
  ? { [Key in keyof Responses]: Answer<StatusOf<Key, keyof Responses>, Responses[Key]> }[keyof Responses]
  : never;

type None = Readonly<Record<never, never>>;

type Parameters<Operation, Place extends string> = Operation extends { parameters: infer All }
  ? Place extends keyof All
    ? [NonNullable<All[Place]>] extends [never]
      ? None
      : Readonly<NonNullable<All[Place]>>
    : None
  : None;

type LowercaseKeys<Headers> = {
  readonly [Name in keyof Headers as Name extends string ? Lowercase<Name> : Name]: Headers[Name];
};

type RequestBody<Operation> = Operation extends { requestBody: infer Body }
  ? ContentOf<Body>
  : Operation extends { requestBody?: infer Body }
    ? ContentOf<NonNullable<Body>> | undefined
    : undefined;

type ContentOf<Body> = Body extends { content: infer Content }
  ? { [MediaType in keyof Content]: ReceivedBody<MediaType, Content[MediaType]> }[keyof Content]
  : never;

/** The statuses that a response of an operation is documented for, those of its own aside. */
export type StatusOf<Key, Documented> = Key extends number
  ? Key
  : Key extends "default"
    ? Exclude<RegisteredStatus, Documented | StatusOfRange<Documented>>
    : Exclude<StatusOfRange<Key>, Documented>;

type Answer<Status, Response> = Status extends number
  ? { readonly status: Status } & AnswerContent<Response> & AnswerHeaders<Response>
  : never;

type AnswerContent<Response> = Response extends { content: infer Content }
  ?
      | { readonly body: AnyContent<Content>; readonly contentType?: undefined }
      | {
          [MediaType in keyof Content]: {
            readonly body: SentBody<MediaType, Content[MediaType]>;
            /** @default that of a Blob, where it is documented; else JSON, for bytes the first that is not JSON */
            readonly contentType: NamedMediaType<MediaType>;
          };
        }[keyof Content]
  : { readonly body?: undefined };

type AnyContent<Content> = {
  [MediaType in OfItself<keyof Content>]: SentBody<MediaType, Content[MediaType]>;
}[OfItself<keyof Content>];

/**
 * All optional: openapi-typescript takes every header behind a `$ref` for required, and a hook of the application's may
 * set one. Whether the required ones are there is checked when the answer is sent.
 */
type AnswerHeaders<Response> = Response extends { headers: infer Headers }
  ? { readonly headers?: DeclaredHeaders<Headers> }
  : { readonly headers?: None };

/** openapi-typescript adds an index signature to every `headers`; only what the contract names is kept. */
type DeclaredHeaders<Headers> = {
  readonly [Name in keyof Headers as string extends Name ? never : Name]?: Headers[Name] | undefined;
};
