import { expect, test } from "vitest";
import { createClient } from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

const serveFiles = () => serve((response) => json(response, 201, { id: "1" }));

test("a multipart body is written from plain values, lists and files, its boundary by the platform", async () => {
  const { baseUrl, received } = await serveFiles();

  await createClient<paths>({ baseUrl }).POST("/files", {
    headers: { "content-type": "multipart/form-data" },
    body: {
      title: "Ada",
      tags: ["a", "b"],
      meta: { a: 1 },
      file: new File(["data"], "a.txt", { type: "text/plain" }),
    },
  });

  const form = await new Response(received[0]?.body, {
    headers: { "content-type": received[0]?.headers["content-type"] ?? "" },
  }).formData();
  expect([form.get("title"), form.getAll("tags")]).toEqual(["Ada", ["a", "b"]]);
  expect(form.get("file")).toMatchObject({ name: "a.txt", type: "text/plain", size: 4 });
  expect(form.get("meta")).toMatchObject({ type: "application/json" });
});

test.each([
  [new Blob(["data"], { type: "image/png" }), {}, "image/png"],
  [
    new TextEncoder().encode("data"),
    { "content-type": "application/octet-stream" },
    "application/octet-stream",
  ],
])("what the platform can send is sent as it is: %o", async (body, headers, type) => {
  const { baseUrl, received } = await serveFiles();

  await createClient<paths>({ baseUrl }).PUT("/files", { body, headers });

  expect(received[0]).toMatchObject({ body: "data", headers: { "content-type": type } });
});

test("text that is not JSON, forms and JSON are each written as their Content-Type says", async () => {
  const { baseUrl, received } = await serveFiles();
  const client = createClient<paths>({ baseUrl });
  const send = (body: unknown, type?: string) =>
    client.PUT("/files", { body: body as never, ...(type && { headers: { "content-type": type } }) });

  await send("<a/>", "application/xml");
  await send({ a: 1, b: ["x", "y"], c: undefined }, "application/x-www-form-urlencoded");
  await send("text");
  await send(null);

  expect(received.map(({ body }) => body)).toEqual(["<a/>", "a=1&b=x&b=y", '"text"', "null"]);
  expect(received[2]?.headers["content-type"]).toBe("application/json");
});

test("progress is reported while a body is sent, on each attempt, and all of it arrives", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    json(response, n === 0 ? 503 : 201, { id: "1" }),
  );
  const file = new Blob(["x".repeat(3_000_000)]);
  const reported: number[] = [];

  await createClient<paths>({ baseUrl, token: "abc", retry: { delay: 1 } }).PUT("/files", {
    body: file,
    onUploadProgress: ({ sent }: { sent: number }) => reported.push(sent),
  });

  expect(received.map(({ body }) => body.length)).toEqual([file.size, file.size]);
  expect(reported.filter((sent) => sent === file.size)).toHaveLength(2);
});
