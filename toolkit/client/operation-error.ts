import { ApiError } from "./api-error.ts";

type ClientErrorStatus =
  | (
      | 400
      | 401
      | 402
      | 403
      | 404
      | 405
      | 406
      | 407
      | 408
      | 409
      | 410
      | 411
      | 412
      | 413
      | 414
      | 415
      | 416
      | 417
    )
  | (418 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451);
type ServerErrorStatus = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511;
type ErrorStatus = ClientErrorStatus | ServerErrorStatus;

type BodyOf<Response> = Response extends { content: infer Content } ? Content[keyof Content] : undefined;

/** Statuses that the contract names by number. */
type Named<Responses> = Extract<keyof Responses, ErrorStatus>;

/** The statuses of a range such as `4XX`, but for those that are named by number. */
type InRange<Responses, Range extends "4XX" | "5XX"> = Range extends keyof Responses
  ? Exclude<Range extends "4XX" ? ClientErrorStatus : ServerErrorStatus, Named<Responses>>
  : never;

/** The statuses that neither number nor range names. */
type Other<Responses> = Exclude<
  ErrorStatus,
  Named<Responses> | InRange<Responses, "4XX"> | InRange<Responses, "5XX">
>;

type ErrorFor<Responses, Key, Status extends number> = [Status] extends [never]
  ? never
  : ApiError<Status, Key extends keyof Responses ? BodyOf<Responses[Key]> : unknown>;

type ErrorsOf<Responses> =
  | { [Status in Named<Responses>]: ErrorFor<Responses, Status, Status> }[Named<Responses>]
  | ErrorFor<Responses, "4XX", InRange<Responses, "4XX">>
  | ErrorFor<Responses, "5XX", InRange<Responses, "5XX">>
  | ErrorFor<Responses, "default", Other<Responses>>;

/**
 * The errors of an operation, each with the body that the contract gives its status. What the contract does not name
 * has an unknown body: a proxy may have answered.
 *
 * @example
 * type Errors = ApiErrorOf<operations["getUser"]>; // or paths["/users/{id}"]["get"]
 */
export type ApiErrorOf<Operation> = Operation extends { responses: infer Responses }
  ? ErrorsOf<Responses>
  : never;

/**
 * Whether the API answered with an error status. With an operation of the contract as type argument, comparing
 * `status` narrows `body`.
 *
 * @example
 * catch (error) {
 *   if (isApiError<operations["getUser"]>(error) && error.status === 404) console.log(error.body.detail);
 * }
 */
export function isApiError<Operation = unknown>(
  error: unknown,
): error is unknown extends Operation ? ApiError : ApiErrorOf<Operation> {
  return error instanceof ApiError;
}
