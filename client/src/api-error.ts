import { ApiError as AnyApiError } from "contract-first/client";
import type { ErrorCode } from "./error-code.ts";
import type { Error as ErrorEnvelope } from "./openapi.d.ts";

/** The API answered with an error status. Thrown by {@link unwrap}. */
export class ApiError extends AnyApiError {
  /** What is wrong, for a program to tell cases apart, for example `inexistent_user`. Some errors have none. */
  readonly errorCode: ErrorCode | undefined;
  /** The API's error envelope; undefined where something else answered, such as a proxy. */
  readonly envelope: ErrorEnvelope | undefined;

  /**
   * @param request Method and address of the request.
   * @param response The answer.
   * @param body The answer's body: parsed where it is JSON, else its text.
   */
  constructor(request: Pick<Request, "method" | "url">, response: Response, body: unknown) {
    const envelope = isEnvelope(body) ? body : undefined;
    super(request, response, body, explain(response, envelope, body));
    this.errorCode = envelope?.errorCode;
    this.envelope = envelope;
  }
}

function isEnvelope(body: unknown): body is ErrorEnvelope {
  return typeof (body as ErrorEnvelope | undefined)?.statusCode === "number";
}

function explain(response: Response, envelope: ErrorEnvelope | undefined, body: unknown): string {
  if (!envelope) {
    return `${response.statusText}, not from this API. Check baseUrl and the proxies before the server: ${String(body).slice(0, 100)}`;
  }
  const { statusCode, error, errorCode, message } = envelope;
  const text = `${errorCode ?? error}: ${message}`;
  if (statusCode === 401) {
    return `${text}. Check token${/expired/i.test(message) ? "; a function or client credentials renew it" : ""}`;
  }
  return errorCode === "not_found" ? `${text}. Check baseUrl, which ends like /api/v2` : text;
}
