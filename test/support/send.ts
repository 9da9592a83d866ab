import type { Answer, Call } from "./server.ts";

/** Sends one request to the API at `origin` and reads the whole answer. */
export async function send(
  origin: string,
  path: string,
  token: string,
  { method, body, headers }: Omit<Call, "scopes" | "subject">,
): Promise<Answer> {
  const response = await fetch(`${origin}/api/v2${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== "" && (response.headers.get("content-type")?.includes("json") ?? false);
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
