import { describeRequest } from "./sent-request.ts";

/**
 * The API answered with an error status. Thrown by {@link unwrap}; {@link isApiError} tells its status and the type
 * of its body by the contract.
 */
export class ApiError<Status extends number = number, Body = unknown> extends Error {
  override name = "ApiError";
  /** HTTP status of the answer. */
  readonly status: Status;
  /** The answer's body: parsed where it is JSON, else its text; undefined where it is empty. */
  readonly body: Body;
  /** The server's id of the request (`X-Request-Id`), to find it in the server's log. */
  readonly requestId: string | undefined;
  /** The answer: status and headers. Its body has been read. */
  readonly response: Response;

  /**
   * @param request Method and address of the request.
   * @param response The answer.
   * @param body The answer's body.
   * @param explanation What the message says after the status.
   */
  constructor(
    request: Pick<Request, "method" | "url">,
    response: Response,
    body: Body,
    explanation: string = response.statusText,
  ) {
    super(`${describeRequest(request)}: ${response.status} ${explanation}`);
    this.status = response.status as Status;
    this.body = body;
    this.requestId = response.headers.get("x-request-id") ?? undefined;
    this.response = response;
  }
}
