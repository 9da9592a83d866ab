import { expect, test } from "vitest";
import { createClient, UnexpectedResponseError } from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

const secret = { name: "JBSWY3DPEHPK3PXP" };

test.each([301, 302, 303, 307, 308])(
  "a %i to another origin carries neither body nor headers there",
  async (status) => {
    const other = await serve((response) => json(response, 200, { id: "1" }));
    const { baseUrl } = await serve((response) => {
      response.writeHead(status, { location: `${other.baseUrl}/stolen?signature=abc` }).end();
    });
    const client = createClient<paths>({ baseUrl, token: "s3cret", headers: { "x-key": "k" } });

    const error: unknown = await client.POST("/things", { body: secret }).catch((reason) => reason);

    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(String(error)).toBe(
      `UnexpectedResponseError: POST ${baseUrl}/things: redirected to ${other.baseUrl}/stolen, not followed. Check baseUrl`,
    );
    expect(other.received).toEqual([]);
  },
);

test("a redirect within the origin is not carried out either", async () => {
  const { baseUrl, received } = await serve((response) => {
    response.writeHead(308, { location: "/elsewhere" }).end();
  });

  await expect(
    createClient<paths>({ baseUrl }).DELETE("/things/{id}", { params: { path: { id: "1" } } }),
  ).rejects.toThrow(/redirected to http:\/\/127\.0\.0\.1:\d+\/elsewhere/);
  expect(received).toHaveLength(1);
});

test.each([
  ["a call's own redirect option", { redirect: "follow" as const }],
  [
    "a middleware",
    {
      middleware: [
        { onRequest: ({ request }: { request: Request }) => new Request(request, { redirect: "follow" }) },
      ],
    },
  ],
])("%s does not make it follow", async (_, options) => {
  const other = await serve((response) => json(response, 200, { id: "1" }));
  const { baseUrl } = await serve((response) => {
    response.writeHead(307, { location: other.baseUrl }).end();
  });

  await expect(
    createClient<paths>({ baseUrl }).POST("/things", { body: secret, ...options }),
  ).rejects.toThrow(UnexpectedResponseError);
  expect(other.received).toEqual([]);
});

test("a 304 is no redirect", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(304, { etag: '"1"' }).end();
  });

  const { response } = await createClient<paths>({ baseUrl }).GET("/things", {
    headers: { "if-none-match": '"1"' },
  });

  expect(response.status).toBe(304);
});
