import type { Recorder } from "./recorder.ts";

type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that records what goes through it. Answers reach the caller as they are.
 *
 * @param isOurs which requests belong to the contract's server; all where absent
 */
export function recordingFetch(
  recorder: Pick<Recorder, "record">,
  fetch: Fetch = globalThis.fetch,
  isOurs: (url: string) => boolean = () => true,
): Fetch & { settled(): Promise<void> } {
  const pending = new Set<Promise<void>>();
  const recording = async (...[input, init]: Parameters<Fetch>): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (!isOurs(url)) return fetch(input, init);
    const copy = input instanceof Request ? input.clone() : undefined;
    const response = await fetch(input, init);
    const answer = response.clone();
    const record = async () => {
      const body = init?.body ?? (copy?.body ? await copy.text() : "");
      recorder.record({
        method: init?.method ?? copy?.method ?? "GET",
        url,
        requestHeaders: new Headers(init?.headers ?? copy?.headers),
        requestBody: typeof body === "string" ? body : body instanceof URLSearchParams ? String(body) : "",
        status: response.status,
        responseHeaders: response.headers,
        responseBody: await answer.text(),
      });
    };
    // What was cut off has nothing to tell.
    const recorded = record()
      .catch(() => {})
      .finally(() => pending.delete(recorded));
    pending.add(recorded);
    return response;
  };
  return Object.assign(recording as Fetch, {
    async settled() {
      await Promise.all(pending);
    },
  });
}
