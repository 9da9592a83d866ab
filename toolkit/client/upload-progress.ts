import type { Fetch } from "./fetch.ts";

/** How far a body has been sent. */
export interface UploadProgress {
  /** Bytes that the platform has taken from the body so far. */
  sent: number;
}

/**
 * Reports how far a body has been sent to a call's `onUploadProgress`, where the platform can send a stream: Node.js,
 * Deno, Bun, and Chromium over HTTP/2. Elsewhere it is reported once, when the answer is there. XMLHttpRequest could
 * report everywhere, but follows redirects.
 *
 * @example
 * await client.PUT("/files", { body: file, onUploadProgress: ({ sent }) => console.log(sent / file.size) });
 */
export function withUploadProgress(fetch: Fetch): Fetch {
  return async (request, init) => {
    const { onUploadProgress } = (init ?? {}) as { onUploadProgress?: (progress: UploadProgress) => void };
    if (!onUploadProgress) return fetch(request, init);
    let sent = 0;
    if (!request.body || !canSendStreams()) {
      sent = (await request.clone().arrayBuffer()).byteLength;
      const response = await fetch(request, init);
      onUploadProgress({ sent });
      return response;
    }
    const counted = request.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          sent += chunk.byteLength;
          onUploadProgress({ sent });
          controller.enqueue(chunk);
        },
      }),
    );
    return fetch(new Request(request, { body: counted, duplex: "half" } as RequestInit), init);
  };
}

/** A platform that knows `duplex` reads it, and takes the stream for what it is and not for text. */
function canSendStreams(): boolean {
  let isKnown = false;
  const { headers } = new Request("https://any.example", {
    method: "POST",
    body: new ReadableStream(),
    get duplex() {
      isKnown = true;
      return "half";
    },
  } as RequestInit);
  return isKnown && !headers.has("content-type");
}
