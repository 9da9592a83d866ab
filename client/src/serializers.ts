import { type Serializers, serializePlainPath } from "contract-first/client";

/** How this API's requests are written: every parameter is a plain value, every body is JSON or a form. */
export const serializers: Serializers = {
  path: serializePlainPath,
  query: (values) => {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return `${new URLSearchParams(given as [string, string][])}`;
  },
  body: (body, headers) =>
    /form/.test(headers.get("content-type") ?? "")
      ? new URLSearchParams(body as Record<string, string>)
      : JSON.stringify(body),
};
