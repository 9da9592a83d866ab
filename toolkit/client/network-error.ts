import { describeRequest } from "./sent-request.ts";

/** No answer came: the server is down, the address is wrong, or a browser refused the call for want of CORS. */
export class NetworkError extends Error {
  override name = "NetworkError";

  /**
   * @param request The request that got no answer.
   * @param reason What happened and what to do about it.
   * @param options `cause`: the platform's own error.
   */
  constructor(request: Request, reason: string, options?: ErrorOptions) {
    super(`${describeRequest(request)}: ${reason}`, options);
  }
}
