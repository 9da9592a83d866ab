/** The status codes of IANA's HTTP Status Code Registry, 1xx aside, which no handler answers with. */
export type RegisteredStatus = Success | Redirection | ClientError | ServerError;

/** The statuses that an OpenAPI range (`4XX`) stands for. */
export type StatusOfRange<Range> = Range extends "2XX" | "2xx"
  ? Success
  : Range extends "3XX" | "3xx"
    ? Redirection
    : Range extends "4XX" | "4xx"
      ? ClientError
      : Range extends "5XX" | "5xx"
        ? ServerError
        : never;

type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226;
type Redirection = 300 | 301 | 302 | 303 | 304 | 305 | 307 | 308;
type ClientError =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409)
  | (410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 421 | 422)
  | (423 | 424 | 425 | 426 | 428 | 429 | 431 | 451);
type ServerError = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;
