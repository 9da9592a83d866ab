import { afterEach, expect, test, vi } from "vitest";
import { createClient } from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["http://h.localhost/api?tenant=1", "baseUrl has a query in it: leave it out"],
  ["https://h/api#x", "baseUrl has a fragment in it: leave it out"],
  ["https://ada:s3cret@h/api", "baseUrl has credentials in it: give them as token or auth"],
  ["https://ada@h/api", "baseUrl has credentials in it: give them as token or auth"],
  ["https://ada:s3cret@h:99999/api", "not …@h:99999/api"],
  ["https://ada:s3/cr@t@h:99999/api", "not …@h:99999/api"],
  ["https://h:99999", "not https://h:99999"],
  [
    "http://api.example.com/v1",
    "baseUrl is plain http to api.example.com: use https, or set allowInsecureRequests",
  ],
  ["http://127.0.0.1.example.com", "plain http to 127.0.0.1.example.com"],
  ["http://localhost.example.com", "plain http to localhost.example.com"],
  ["http://10.0.0.1", "plain http to 10.0.0.1"],
  ["//api.example.com/v1", "baseUrl must be like https://"],
])("%s is refused by name and without its secrets", (baseUrl, message) => {
  const make = () => createClient({ baseUrl });

  expect(make).toThrow(message);
  expect(make).not.toThrow("s3");
});

test.each([
  "HTTP://LOCALHOST/api",
  " https://h/api/ ",
  "http://[::1]:3000",
  "http://127.1",
  "http://api.localhost:8080",
])("%s is taken", (baseUrl) => {
  expect(() => createClient({ baseUrl })).not.toThrow();
});

test("plain http to another host is taken where an option says so", () => {
  expect(() => createClient({ baseUrl: "http://api.internal", allowInsecureRequests: true })).not.toThrow();
});

test("a token endpoint is held to the same", () => {
  const token = { clientId: "a", clientSecret: "b" };
  const baseUrl = "https://api.example.com";

  expect(() =>
    createClient({ baseUrl, token: { ...token, tokenUrl: "http://id.example.com/token" } }),
  ).toThrow("token.tokenUrl is plain http to id.example.com");
  expect(() => createClient({ baseUrl, token: { ...token, tokenUrl: "https://a:s3cret@h/token" } })).toThrow(
    "token.tokenUrl has credentials in it",
  );
});

test("an address that a single call names is held to the same", async () => {
  const client = createClient<paths>({ baseUrl: "https://api.example.com" });

  await expect(client.GET("/things", { baseUrl: "http://api.example.com" })).rejects.toThrow("plain http");
  await expect(client.GET("/things", { baseUrl: "https://ada:s3cret@h" })).rejects.toThrow(
    "baseUrl has credentials in it",
  );
});

test("on a page a path is enough, and another origin is not taken for one", () => {
  vi.stubGlobal("location", { href: "https://shop.example.com/cart", origin: "https://shop.example.com" });

  expect(() => createClient({ baseUrl: "/api/v1" })).not.toThrow();
  expect(() => createClient({ baseUrl: "" })).toThrow("baseUrl must be like");
  vi.stubGlobal("location", { href: "http://localhost:3000/", origin: "http://localhost:3000" });
  expect(() => createClient({ baseUrl: "//evil.example.com/v1" })).toThrow("plain http to evil.example.com");
});

test("upper case, a trailing slash and white space lead to the same address", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, { items: [] }));

  await createClient<paths>({ baseUrl: ` ${baseUrl.replace("http:", "HTTP:")}/ ` }).GET("/things");

  expect(received[0]?.url).toBe("/api/v2/things");
});

test.each([".", "..", "%2e", ".%2E", ""])("the path value %j is refused before sending", async (id) => {
  const { baseUrl, received } = await serve((response) => json(response, 200, {}));
  const client = createClient<paths>({
    baseUrl,
    pathSerializer: (path, values) => path.replace("{id}", `${values.id}`),
  });
  const plain = createClient<paths>({ baseUrl });
  const params = { path: { id } };

  if (id === "." || id === ".." || id === "")
    await expect(plain.DELETE("/things/{id}", { params })).rejects.toThrow(/^a path parameter /);
  if (id !== "")
    await expect(client.DELETE("/things/{id}", { params })).rejects.toThrow("would lead to another");
  expect(received).toEqual([]);
});

test("a path value that is missing in spite of the types is refused before sending", async () => {
  const client = createClient<paths>({ baseUrl: "http://127.0.0.1:1" });

  await expect(client.GET("/things/{id}", {} as never)).rejects.toThrow("is missing or empty: {id}");
});

test.each(["a/b", "...", ".a", "a|b c", "%2e%2e", "ä?#"])(
  "the path value %j arrives as it is",
  async (id) => {
    const { baseUrl, received } = await serve((response) => json(response, 200, { id }));

    await createClient<paths>({ baseUrl }).GET("/things/{id}", { params: { path: { id } } });

    expect(decodeURIComponent(received[0]?.url.split("/").at(-1) ?? "")).toBe(id);
  },
);
