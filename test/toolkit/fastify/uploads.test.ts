import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { serve } from "./serve.ts";

const contract = {
  openapi: "3.1.0",
  info: { title: "Uploads", version: "1" },
  paths: {
    "/file": {
      post: {
        operationId: "upload",
        requestBody: {
          required: true,
          content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
        },
        responses: { 200: { description: "ok", content: { "text/plain": { schema: { type: "string" } } } } },
      },
    },
  },
};
const bytes = new Uint8Array([0, 1, 255]);
const headers = { "content-type": "application/octet-stream" };

test("a file reaches its handler as the bytes that it is", async () => {
  const { send } = await serve(contract, {
    handlers: { upload: ({ body }) => ({ status: 200, body: (body as Buffer).toString("hex") }) },
  });
  expect((await send("POST", "/file", { raw: bytes, headers })).text).toBe("0001ff");
});

test("or as a stream, where the application's own parser hands one on", async () => {
  const { send } = await serve(contract, {
    before: (app) =>
      app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload)),
    handlers: {
      upload: async ({ body }) => ({ status: 200, body: (await buffer(body as Readable)).toString("hex") }),
    },
  });
  expect((await send("POST", "/file", { raw: bytes, headers })).text).toBe("0001ff");
});
