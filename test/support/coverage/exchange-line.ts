import type { Exchange } from "../../../toolkit/coverage/exchange.ts";

/** An exchange as a line of JSON. */
export function writeExchange(exchange: Exchange): string {
  const { requestHeaders, responseHeaders } = exchange;
  return `${JSON.stringify({ ...exchange, requestHeaders: [...requestHeaders], responseHeaders: [...responseHeaders] })}\n`;
}

/** What `writeExchange` has written. */
export function readExchange(line: string): Exchange {
  const { requestHeaders, responseHeaders, ...exchange } = JSON.parse(line);
  return {
    ...exchange,
    requestHeaders: new Headers(requestHeaders),
    responseHeaders: new Headers(responseHeaders),
  };
}
