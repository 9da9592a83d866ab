/**
 * Writes a body as its `Content-Type` says, JSON where it says nothing. What the platform can send is sent as it is.
 *
 * @param headers The request's headers. Where the platform knows a better `Content-Type`, as for the parts of a form,
 *   it is left to the platform.
 */
export function serializeBody(body: unknown, headers: Headers): unknown {
  const type = headers.get("content-type") ?? "";
  if (/^multipart\/form-data/i.test(type)) {
    // Only the platform knows the boundary between the parts.
    headers.delete("content-type");
    return body instanceof FormData ? body : formDataOf(body as object);
  }
  if (isSendable(body) || (typeof body === "string" && type && !/json/i.test(type))) return body;
  return /^application\/x-www-form-urlencoded/i.test(type) ? formOf(body as object) : JSON.stringify(body);
}

/** What `fetch` takes as a body, text aside: text may be a JSON string. */
function isSendable(body: unknown): boolean {
  return (
    [Blob, FormData, URLSearchParams, ReadableStream, ArrayBuffer].some((type) => body instanceof type) ||
    ArrayBuffer.isView(body)
  );
}

/** One field for each value, a repeated one for each of a list; objects are JSON. */
function formOf(fields: object): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of valuesOf(fields))
    form.append(name, typeof value === "object" ? JSON.stringify(value) : `${value}`);
  return form;
}

/** Files stay files; objects are parts of JSON (OpenAPI 3.1, section 4.8.15.1). */
function formDataOf(fields: object): FormData {
  const form = new FormData();
  for (const [name, value] of valuesOf(fields)) {
    if (value instanceof Blob) form.append(name, value);
    else if (typeof value === "object")
      form.append(name, new Blob([JSON.stringify(value)], { type: "application/json" }));
    else form.append(name, `${value}`);
  }
  return form;
}

function valuesOf(fields: object): [string, unknown][] {
  return Object.entries(fields)
    .flatMap(([name, value]) => [value].flat().map((item): [string, unknown] => [name, item]))
    .filter(([, value]) => value !== undefined && value !== null);
}
