import type { Exchange } from "../openapi/runtime-expression.ts";
import type { Answer } from "./choose-content.ts";
import type { Context, Input } from "./handler.ts";

/** The exchange that a handler has before it, for the address of a callback (`contract-first/webhooks`). */
export function exchangeOf(
  { params, query, headers, body }: Input<never> | Input<unknown>,
  { request }: Context<unknown>,
  answer?: Answer,
): Exchange {
  const sent = Object.entries(answer?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    url: `${request.protocol}://${request.host}${request.url}`,
    method: request.method,
    request: { path: params, query, headers: { ...request.headers, ...headers }, body },
    ...(answer && {
      status: answer.status,
      response: { headers: Object.fromEntries(sent), body: answer.body },
    }),
  };
}
