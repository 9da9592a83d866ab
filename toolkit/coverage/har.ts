import type { Exchange } from "./exchange.ts";

/** As tools write them: what HAR 1.2 asks for is not always there. */
interface HarEntry {
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: readonly Pair[];
    readonly postData?: { readonly text?: string; readonly params?: readonly Partial<Pair>[] };
  };
  readonly response?: {
    readonly status?: number;
    readonly headers?: readonly Pair[];
    readonly content?: { readonly text?: string; readonly encoding?: string };
  };
}
interface Pair {
  readonly name: string;
  readonly value: string;
}

/** The exchanges of an HTTP Archive; those that were broken off have no status, and are left out. @throws Error where it is none */
export function readHar(text: string): Exchange[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text.replace(/^\uFEFF/, ""))?.log?.entries;
  } catch {
    // The sentence below is the same.
  }
  if (!Array.isArray(entries))
    throw new Error("The file is no HTTP Archive: it must be JSON with log.entries.");
  return (entries as (HarEntry | null)[]).flatMap((entry) => {
    const { request, response } = entry ?? {};
    if (request?.method === undefined || request.url === undefined || !response?.status) return [];
    return [
      {
        method: request.method.toUpperCase(),
        url: request.url,
        requestHeaders: headersOf(request.headers),
        requestBody: request.postData?.text ?? formOf(request.postData?.params),
        status: response.status,
        responseHeaders: headersOf(response.headers),
        responseBody: decode(response.content),
      },
    ];
  });
}

function headersOf(pairs: readonly Pair[] = []): Headers {
  const headers = new Headers();
  for (const { name, value } of pairs) {
    try {
      // Browsers write HTTP/2's pseudo-headers among the others, and those have no valid names.
      headers.append(name, value);
    } catch {}
  }
  return headers;
}

/** Browsers tell forms by their fields alone. */
function formOf(params: readonly Partial<Pair>[] = []): string {
  return String(
    new URLSearchParams(params.map(({ name = "", value = "" }): [string, string] => [name, value])),
  );
}

function decode({
  text = "",
  encoding,
}: {
  readonly text?: string;
  readonly encoding?: string;
} = {}): string {
  return encoding === "base64" ? Buffer.from(text, "base64").toString() : text;
}
