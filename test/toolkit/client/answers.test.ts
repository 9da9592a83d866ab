import { expect, test } from "vitest";
import { createClient, UnexpectedResponseError } from "../../../toolkit/client/index.ts";
import { serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

const answerWith = (status: number, type: string | undefined, body: string) =>
  serve((response) => {
    response.writeHead(status, type === undefined ? {} : { "content-type": type }).end(body);
  });

test.each([
  ["application/json", '{"id":', '200 with JSON that cannot be read. Check baseUrl and parseAs: {"id":'],
  ["text/html", "<html>", "200 with text/html, not JSON. Check baseUrl and parseAs: <html>"],
  [undefined, "<html>", "200 with JSON that cannot be read. Check baseUrl and parseAs: <html>"],
])(
  "a 200 with %s and the body %s is an UnexpectedResponseError that shows its beginning",
  async (type, body, message) => {
    const { baseUrl } = await answerWith(200, type, body);

    const error = await createClient<paths>({ baseUrl })
      .GET("/things", { params: { query: { cursor: "k3y" } } })
      .catch((reason) => reason);

    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toBe(`UnexpectedResponseError: GET ${baseUrl}/things: ${message}`);
    expect(await error.response.text()).toBe(body);
  },
);

test.each(["", "null"])("content is required where the client says so, and %j is none", async (body) => {
  const { baseUrl } = await answerWith(200, "application/json", body);

  await expect(createClient<paths>({ baseUrl, requireContent: true }).GET("/things")).rejects.toThrow(
    "200 with no content",
  );
  expect((await createClient<paths>({ baseUrl }).GET("/things")).data ?? null).toBeNull();
});

test("a 204 and an answer to HEAD have no content", async () => {
  const { baseUrl } = await answerWith(204, undefined, "");
  const client = createClient<paths>({ baseUrl, requireContent: true });

  const { data, response } = await client.DELETE("/things/{id}", { params: { path: { id: "1" } } });

  expect(data).toBeUndefined();
  expect(response.status).toBe(204);
});

test("content that is not JSON is read as the call says", async () => {
  const { baseUrl } = await answerWith(200, "text/csv", "a,b\n1,2");
  const client = createClient<paths>({ baseUrl });

  expect((await client.GET("/reports", { parseAs: "text" })).data).toBe("a,b\n1,2");
  expect((await client.GET("/reports", { parseAs: "blob" })).data?.size).toBe(7);
  expect((await client.GET("/reports", { parseAs: "arrayBuffer" })).data?.byteLength).toBe(7);
});

test("problem+json is JSON", async () => {
  const { baseUrl } = await answerWith(200, "application/vnd.thing+json; charset=utf-8", '{"items":[]}');

  expect((await createClient<paths>({ baseUrl }).GET("/things")).data).toEqual({ items: [] });
});

test("a stream is handed over when it begins, outlives the timeouts, and ends with the caller's signal", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
  });
  const controller = new AbortController();
  const client = createClient<paths>({ baseUrl, timeout: 2_000, totalTimeout: 2_000 });

  const { data } = await client.GET("/reports", { parseAs: "stream", signal: controller.signal });
  const reader = data?.getReader();
  const { value } = (await reader?.read()) ?? {};
  const next = reader?.read();
  controller.abort();

  expect(new TextDecoder().decode(value)).toBe("data: 1\n\n");
  await expect(next).rejects.toMatchObject({ name: "AbortError" });
});
