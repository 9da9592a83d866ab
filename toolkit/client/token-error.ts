/** There is no usable token: the token endpoint refused, or what was given cannot be a bearer token. */
export class TokenError extends Error {
  override name = "TokenError";
  /** HTTP status of the token endpoint's answer, where there was one. */
  readonly status: number | undefined;
  /** OAuth error code (RFC 6749, section 5.2), for example `invalid_client`, where there was one. */
  readonly errorCode: string | undefined;

  constructor(message: string, status?: number, errorCode?: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}
