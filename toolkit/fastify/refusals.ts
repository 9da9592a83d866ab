import { RequestError } from "./errors.ts";

/** Nobody is known to be asking: no credentials, or wrong ones (RFC 9110 §15.5.2). */
export class UnauthorizedError extends RequestError {
  override readonly name = "UnauthorizedError";
  readonly statusCode = 401;
  /** What the `WWW-Authenticate` header says: `Bearer`, `Basic realm="api"`, … */
  readonly wwwAuthenticate: string;

  constructor(message: string, wwwAuthenticate: string) {
    super(message);
    this.wwwAuthenticate = wwwAuthenticate;
  }
}

/** Whoever is asking is known and may not (RFC 9110 §15.5.4). */
export class ForbiddenError extends RequestError {
  override readonly name = "ForbiddenError";
  readonly statusCode = 403;
}
