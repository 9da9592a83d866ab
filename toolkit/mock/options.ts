import type { JsonObject } from "../openapi/json.ts";

/** How a mock behaves. Everything is optional; nothing set, it answers as Prism does. */
export interface MockOptions {
  /** Generated bodies rather than examples. @default false */
  readonly dynamic?: boolean;
  /** Makes generated values, delays and failures repeatable. @default a new one for each start */
  readonly seed?: string;
  /** Answers 500 where an example breaks its own schema. @default false */
  readonly errors?: boolean;
  /** Sends CORS headers and answers preflights. @default true */
  readonly cors?: boolean;
  /** Answers as though the document had no examples. @default false */
  readonly ignoreExamples?: boolean;
  /** Additional properties in generated objects that allow them. @default false */
  readonly fillProperties?: boolean;
  /** Holds requests against the document. @default true */
  readonly validate?: boolean;
  /** Asks for the credentials that the document names. @default true */
  readonly auth?: boolean;
  /** `Prefer: code=…` answers statuses that the document omits too. @default false */
  readonly lenient?: boolean;
  /** Milliseconds to wait before each answer, `[from, to]`. @default none */
  readonly delay?: readonly [number, number];
  /** The share of requests, 0 to 1, answered with a documented 429 or 5xx. @default 0 */
  readonly fail?: number;
  /** Remembers what was created, changed and deleted. @default false */
  readonly stateful?: boolean;
  /** Items to begin with, by collection path (`/pets`); turns `stateful` on. */
  readonly seedData?: Readonly<Record<string, readonly JsonObject[]>>;
  /** A document read from a URL may refer and redirect to other origins than its own. @default false */
  readonly crossOriginRefs?: boolean;
  /**
   * A real application that answers instead of the document, unless a request asks for an answer from the document with
   * `Prefer: code=…`, `example=…`, `dynamic=true`, `seed=…` or `validate=false`. Its answers pass through whole.
   */
  readonly backend?: (request: Request, wanted: BackendWish) => Promise<Response>;
  /** Routes beside the document: `{ "POST /oauth/token": handler }`. They win over the document. */
  readonly routes?: Readonly<Record<string, (request: Request) => Response | Promise<Response>>>;
}

/** What a request or the options ask of a backend. */
export interface BackendWish {
  /** False: no credentials are to be asked for. */
  readonly auth: boolean;
}
