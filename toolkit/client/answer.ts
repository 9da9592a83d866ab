import { contents } from "./network.ts";
import { UnexpectedResponseError } from "./unexpected-response-error.ts";

/** How the caller reads an answer. */
export type ParseAs = "json" | "text" | "blob" | "arrayBuffer" | "stream";

/**
 * The content of a success.
 *
 * @param requireContent Whether there must be some, and not `null`, unless the status says that there is none.
 * @throws UnexpectedResponseError JSON is expected and something else is there.
 */
export async function readData(
  request: Request,
  response: Response,
  parseAs: ParseAs,
  requireContent?: boolean,
): Promise<unknown> {
  const { status, headers } = response;
  if (status === 204 || status === 205 || request.method === "HEAD") return undefined;
  if (parseAs === "stream") return response.body;
  if (parseAs !== "json") return response[parseAs]();
  const type = headers.get("content-type") ?? "json";
  const content = contents.get(response) ?? (await response.clone().arrayBuffer());
  const text = new TextDecoder().decode(content);
  let what = "no content";
  if (!text) {
    if (!requireContent) return undefined;
  } else if (!/json/i.test(type)) {
    what = `${type}, not JSON`;
  } else {
    try {
      const data = JSON.parse(text);
      if (data !== null || !requireContent) return data;
    } catch {
      what = "JSON that cannot be read";
    }
  }
  throw new UnexpectedResponseError(
    request,
    response,
    `${status} with ${what}. Check baseUrl and parseAs: ${text.slice(0, 100)}`,
  );
}

/** The content of an error: JSON where it is, else text; undefined where there is none. */
export async function readError(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text || undefined;
  }
}
