import type { Middleware } from "openapi-fetch";
import type { Fetch } from "./fetch.ts";

/** What openapi-fetch tells a middleware beside the request and its answer. */
export type MiddlewareContext = Omit<Parameters<NonNullable<Middleware["onRequest"]>>[0], "request">;

/**
 * Runs a call through openapi-fetch's middleware: requests in order, answers and errors in the reverse.
 *
 * @returns The request as it was sent and the answer as the caller gets it.
 */
export async function runMiddleware(
  middlewares: readonly Middleware[],
  context: MiddlewareContext,
  sent: Request,
  fetch: Fetch,
): Promise<{ request: Request; response: Response }> {
  let request = sent;
  for (const middleware of middlewares) {
    const result = await middleware.onRequest?.({ ...context, request });
    if (result instanceof Response) return { request, response: result };
    request = result ?? request;
  }
  const reversed = [...middlewares].reverse();
  let response: Response;
  try {
    response = await fetch(request);
  } catch (reason) {
    let error: unknown = reason;
    let answer: Response | undefined;
    for (const middleware of reversed) {
      const result = await middleware.onError?.({ ...context, request, error });
      if (result instanceof Response) {
        answer = result;
        break;
      }
      error = result ?? error;
    }
    if (!answer) throw error;
    response = answer;
  }
  for (const middleware of reversed) {
    response = (await middleware.onResponse?.({ ...context, request, response })) ?? response;
  }
  return { request, response };
}
