import type { Exchange } from "./exchange.ts";

interface HarEntry {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly Pair[];
    readonly postData?: { readonly text?: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly Pair[];
    readonly content: { readonly text?: string; readonly encoding?: string };
  };
}
interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The exchanges of an HTTP Archive. @throws Error where it is none */
export function readHar(text: string): Exchange[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text)?.log?.entries;
  } catch {
    // The sentence below is the same.
  }
  if (!Array.isArray(entries))
    throw new Error("The file is no HTTP Archive: it must be JSON with log.entries.");
  return (entries as HarEntry[]).map(({ request, response }) => ({
    method: request.method,
    url: request.url,
    requestHeaders: headersOf(request.headers),
    requestBody: request.postData?.text ?? "",
    status: response.status,
    responseHeaders: headersOf(response.headers),
    responseBody: decode(response.content),
  }));
}

function headersOf(pairs: readonly Pair[]): Headers {
  // Browsers write HTTP/2's pseudo-headers among the others.
  return new Headers(
    pairs
      .filter(({ name }) => !name.startsWith(":"))
      .map(({ name, value }) => [name, value] as [string, string]),
  );
}

function decode({ text = "", encoding }: HarEntry["response"]["content"]): string {
  return encoding === "base64" ? Buffer.from(text, "base64").toString() : text;
}
