import { describeRequest } from "./sent-request.ts";

/** Something answered, but not this API: a web page, half an answer, or a redirect to another address. */
export class UnexpectedResponseError extends Error {
  override name = "UnexpectedResponseError";
  /** The answer as it came; its body can still be read. */
  readonly response: Response;

  constructor(request: Request, response: Response, reason: string) {
    super(`${describeRequest(request)}: ${reason}`);
    this.response = response;
  }
}
