/** A request as the mock sees it, whatever brought it. */
export interface MockRequest {
  /** In lower case. */
  readonly method: string;
  /** As it was sent: percent-encoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it was sent, percent-encoded, without the question mark. */
  readonly search: string;
  /** Names in lower case; repeated headers joined by a comma, cookies by a semicolon. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: Buffer;
}

/** What the mock answers. */
export interface MockAnswer {
  readonly status: number;
  /** Names in lower case; a list where a header is sent several times, as `Set-Cookie` is. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Undefined: no body at all. */
  readonly body: string | Buffer | undefined;
}
