import type { Exchange } from "../request/send.ts";
import { withoutSecrets } from "./curl.ts";

const longestBody = 10_000;

/** HTTP Archive 1.2 of exchanges; credentials are not in it. */
export function har(exchanges: readonly Exchange[], secrets: readonly string[]): string {
  const entries = exchanges.flatMap((exchange) => (exchange.answer === undefined ? [] : [entry(exchange)]));
  const log = { version: "1.2", creator: { name: "contract-first", version: "1" }, entries };
  return withoutSecrets(JSON.stringify({ log }), secrets);
}

function entry({ request, startedAt, answer }: Exchange) {
  const { method, url, headers, body } = request;
  const type = answer?.headers.get("content-type") ?? "";
  const text = answer?.text.slice(0, longestBody) ?? "";
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: answer?.milliseconds ?? 0,
    request: {
      method,
      url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: pairs(Object.entries(headers)),
      queryString: pairs([...new URL(url).searchParams]),
      headersSize: -1,
      bodySize: body === undefined ? 0 : Buffer.byteLength(body),
      ...(body !== undefined && { postData: { mimeType: headers["content-type"] ?? "", text: body } }),
    },
    response: {
      status: answer?.status ?? 0,
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: pairs([...(answer?.headers ?? [])]),
      content: { size: text.length, mimeType: type, text },
      redirectURL: answer?.headers.get("location") ?? "",
      headersSize: -1,
      bodySize: text.length,
    },
    cache: {},
    timings: { send: 0, wait: answer?.milliseconds ?? 0, receive: 0 },
  };
}

function pairs(entries: readonly (readonly [string, string])[]) {
  return entries.map(([name, value]) => ({ name, value }));
}
