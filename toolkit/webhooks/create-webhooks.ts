import { type ClientOptions, createClient } from "../client/index.ts";
import type { Formats } from "../fastify/schemas.ts";
import { Schemas } from "../fastify/schemas.ts";
import {
  type ContractDocument,
  type Exchange,
  fillExpressions,
  listSentOperations,
  loadDocument,
  type OpenApiDocument,
} from "../openapi/index.ts";
import type { Message, ReceivedAnswer } from "./message-types.ts";
import { SentMessage, type UntypedMessage } from "./sent-message.ts";

/** The options of the client that sends (`auth` signs requests, `retry`, `timeout`, …), and the contract. */
export interface WebhookOptions
  extends Pick<
    ClientOptions,
    "allowInsecureRequests" | "auth" | "fetch" | "headers" | "retry" | "timeout" | "token" | "totalTimeout"
  > {
  /** As `registerContract` takes it. */
  readonly document: OpenApiDocument | ContractDocument | string | URL;
  /** Checks for `format`s, as `registerContract` takes them. */
  readonly formats?: Formats | "ignore";
  /**
   * Whether a receiver may be called: a callback's address comes from a client, and may lead to a machine that only this
   * one reaches. @default any address
   */
  readonly mayCall?: (url: URL) => boolean | Promise<boolean>;
}

/** Sends what a contract says that its server sends: webhooks, and callbacks. */
export interface Webhooks<Operations> {
  /**
   * Sends a message once it is as the contract says, and holds the answer against the contract. No redirect is followed.
   *
   * @throws InvalidMessageError nothing was sent
   * @throws UndocumentedAnswerError
   * @throws NetworkError, TimeoutError or UnexpectedResponseError of `contract-first/client`
   * @throws TypeError the address cannot be used
   */
  send<Id extends keyof Operations & string>(
    id: Id,
    message: Message<Operations[Id]>,
  ): Promise<ReceivedAnswer<Operations[Id]>>;
  /**
   * The address that a callback goes to: its runtime expression, filled in from the request that has asked for it.
   *
   * @throws TypeError the exchange does not have what the expression names, or that is no address
   */
  urlOf(id: keyof Operations & string, exchange: Exchange): string;
}

/**
 * Makes the sender of a contract's webhooks and callbacks, typed by the `SentOperations` that `contract-first generate`
 * makes of it: by operationId; without one, a webhook is `POST newPet`, a callback `subscribe onEvent`.
 *
 * @throws ContractSetupError where the document cannot be held strictly
 */
export async function createWebhooks<Operations>(options: WebhookOptions): Promise<Webhooks<Operations>> {
  const { document: source, formats = {}, mayCall = () => true, ...connection } = options;
  const document = await loadDocument(source, { strict: true });
  const schemas = {
    requests: new Schemas(document, "request", { formats }),
    responses: new Schemas(document, "response", { formats }),
  };
  const messages = new Map(
    listSentOperations(document).map(({ id, operation }) => [id, new SentMessage(id, operation, schemas)]),
  );
  await document.refuse();

  function find(id: string): SentMessage {
    const message = messages.get(id);
    if (message === undefined) throw new TypeError(`The contract has no webhook or callback "${id}".`);
    return message;
  }

  async function send(id: string, message: UntypedMessage): Promise<unknown> {
    const sent = find(id);
    sent.check(message);
    const url = new URL(message.url);
    if (!(await mayCall(url))) throw new TypeError(`${url.origin} may not be called.`);
    for (const [name, value] of Object.entries(message.query ?? {}))
      for (const each of [value].flat()) if (each !== undefined) url.searchParams.append(name, String(each));
    const client = createClient({ ...connection, baseUrl: url.origin, pathSerializer: (path) => path });
    const headers = {
      ...(message.body !== undefined && sent.mediaType !== undefined && { "content-type": sent.mediaType }),
      ...message.headers,
    };
    const { data, error, response } = await client.request(
      sent.operation.method as never,
      `${url.pathname}${url.search}` as never,
      {
        body: message.body,
        headers,
        parseAs: "text",
        ...(message.signal && { signal: message.signal }),
      } as never,
    );
    const body = response.ok ? parsed(data, response) : error;
    return sent.checkAnswer({ status: response.status, headers: response.headers, body });
  }

  return {
    send: send as Webhooks<Operations>["send"],
    urlOf(id, exchange) {
      const { path } = find(id).operation;
      const filled = fillExpressions(path, exchange, (value, expression) => {
        if (typeof value === "string" || typeof value === "number") return String(value);
        throw new TypeError(`The request that asked for "${id}" has no text at ${expression}.`);
      });
      const url = URL.parse(filled, exchange.url);
      if (url === null || !/^https?:$/.test(url.protocol))
        throw new TypeError(`The request that asked for "${id}" gave no http(s) address.`);
      return url.href;
    },
  };
}

/** JSON where it is, else text; undefined where there is none. */
function parsed(text: unknown, { headers }: Response): unknown {
  if (typeof text !== "string" || text === "") return undefined;
  if (!/\bjson\b/i.test(headers.get("content-type") ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
