import type { StatusOf } from "../fastify/handler.ts";

/** What is sent, and where to. */
export type Message<Operation> = {
  /** The receiver's address. */
  readonly url: string | URL;
  readonly signal?: AbortSignal;
} & Given<"headers", ParametersOf<Operation, "header">> &
  Given<"query", ParametersOf<Operation, "query">> &
  MessageBody<Operation>;

/** The answers that the contract documents for a receiver. */
export type ReceivedAnswer<Operation> = Operation extends { responses: infer Responses }
  ? {
      [Key in keyof Responses]: {
        readonly status: StatusOf<Key, keyof Responses>;
        readonly headers: Headers;
        /** `undefined` where the contract documents none, whatever came. */
        readonly body: AnswerBody<Responses[Key]>;
      };
    }[keyof Responses]
  : never;

type ParametersOf<Operation, Place extends string> = Operation extends { parameters: infer All }
  ? Place extends keyof All
    ? NonNullable<All[Place]>
    : never
  : never;

/** Optional where all of its members are. */
type Given<Name extends string, Values> = [Values] extends [never]
  ? { readonly [Key in Name]?: Readonly<Record<string, string>> }
  : Partial<Values> extends Values
    ? { readonly [Key in Name]?: Values }
    : { readonly [Key in Name]: Values };

type MessageBody<Operation> = Operation extends { requestBody: infer Body }
  ? { readonly body: ContentOf<Body> }
  : Operation extends { requestBody?: infer Body }
    ? { readonly body?: [NonNullable<Body>] extends [never] ? undefined : ContentOf<NonNullable<Body>> }
    : { readonly body?: undefined };

type AnswerBody<Response> = [ContentOf<Response>] extends [never] ? undefined : ContentOf<Response>;

type ContentOf<Holder> = Holder extends { content: infer Content } ? Content[keyof Content] : never;
