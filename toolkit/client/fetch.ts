/** The part of the platform's `fetch` that this client stands on: a request goes out, a response comes back. */
export type Fetch = (request: Request, init?: RequestInit) => Promise<Response>;
