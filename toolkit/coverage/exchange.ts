/** One request and its answer, as they were on the wire. */
export interface Exchange {
  readonly method: string;
  /** Absolute, or a path with its query. */
  readonly url: string;
  readonly requestHeaders: Headers;
  readonly requestBody: string;
  readonly status: number;
  readonly responseHeaders: Headers;
  readonly responseBody: string;
}
