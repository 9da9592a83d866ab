/** Method and address of a request, without its query, which may hold a key: `GET https://api.example.com/users`. */
export function describeRequest({ method, url }: Pick<Request, "method" | "url">): string {
  return `${method} ${url.replace(/[?#].*/s, "")}`;
}

/** The same request once more, with its body and what it was given beside what the platform copies. */
export function copyRequest(request: Request): Request {
  return Object.assign(request.clone(), request);
}

const requests = new WeakMap<Response, Request>();

/** Remembers which request an answer belongs to; the answer itself does not tell its method. */
export function rememberRequest(response: Response, request: Request): void {
  requests.set(response, request);
}

/** Method and address of the request that was answered. */
export function requestOf(response: Response): Pick<Request, "method" | "url"> {
  return requests.get(response) ?? { method: "Request", url: response.url };
}
