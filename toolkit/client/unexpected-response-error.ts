/** Something answered, but not this API: a web page, or a redirect to another address. */
export class UnexpectedResponseError extends Error {
  override name = "UnexpectedResponseError";
  /** The answer as it came; its body can still be read. */
  readonly response: Response;

  constructor(request: Request, response: Response, reason: string) {
    super(`${request.method} ${request.url}: ${reason}`);
    this.response = response;
  }
}
