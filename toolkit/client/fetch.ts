/** What goes with a request on each of its attempts. */
export interface FetchInit extends RequestInit {
  /** How the caller will read the answer; a `stream` is handed over when it begins. */
  parseAs?: string;
}

/** The part of the platform's `fetch` that this client stands on: a request goes out, a response comes back. */
export type Fetch = (request: Request, init?: FetchInit) => Promise<Response>;

/** The platform's own `fetch`, looked up at each call: tests and mocks replace it. */
export const platformFetch: Fetch = (request, init) => globalThis.fetch(request, init);

/** Whether an answer is read while it comes in: an endless one must not be waited for. */
export function isStream(init: FetchInit | undefined): boolean {
  return init?.parseAs === "stream";
}
