import type { Middleware } from "openapi-fetch";

const requests = new WeakMap<Response, Request>();

/** Remembers which request an answer belongs to; the answer itself does not tell its method. */
export const rememberRequest: Middleware = {
  onResponse({ request, response }) {
    requests.set(response, request);
  },
};

/** Method and address of the request that was answered. */
export function requestOf(response: Response): Pick<Request, "method" | "url"> {
  return requests.get(response) ?? { method: "Request", url: response.url };
}
