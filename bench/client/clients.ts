import { ManagementClient } from "auth0";
import createOpenApiFetch from "openapi-fetch";
import { createClient, unwrap } from "../../client/src/index.ts";
import type { paths } from "../../generated/openapi.d.ts";

export interface CalledClient {
  readonly name: string;
  create(): Promise<unknown>;
  list(): Promise<unknown>;
}

type Ky = (
  url: string,
  options: { method: string; headers: Readonly<Record<string, string>>; json?: unknown },
) => { json(): Promise<unknown> };

const token = "token";
const id = "auth0|ada";
const path = "/users/{id}/authentication-methods";
const method = { type: "phone", name: "Phone", phone_number: "+442071838750" } as const;

/**
 * The same two calls by each client as it is used out of the box, plain `fetch` first.
 *
 * @param origin of what they call
 */
export async function makeClients(origin: string): Promise<readonly CalledClient[]> {
  const baseUrl = `${origin}/api/v2`;
  const url = `${baseUrl}${path.replace("{id}", encodeURIComponent(id))}`;
  const headers = { authorization: `Bearer ${token}` };
  const ours = createClient({ baseUrl, token });
  const openApiFetch = createOpenApiFetch<paths>({ baseUrl, headers });
  const params = { path: { id } };
  // Of a package of its own, whose types the compiler does not see.
  const { default: ky } = (await import(`${new URL("../peers/ky.mjs", import.meta.url)}`)) as { default: Ky };
  const { authenticationMethods } = new ManagementClient({
    domain: new URL(origin).host,
    token,
    // It speaks TLS to whatever it is given.
    fetch: (input, init) => fetch(String(input).replace(/^https:/, "http:"), init),
  }).users;
  return [
    {
      name: "plain fetch",
      create: async () =>
        read(
          await fetch(url, {
            method: "POST",
            headers: { ...headers, "content-type": "application/json" },
            body: JSON.stringify(method),
          }),
        ),
      list: async () => read(await fetch(url, { headers })),
    },
    {
      name: "ours",
      create: () => unwrap(ours.POST(path, { params, body: method })),
      list: () => unwrap(ours.GET(path, { params })),
    },
    {
      name: "openapi-fetch",
      create: async () => (await openApiFetch.POST(path, { params, body: method })).data,
      list: async () => (await openApiFetch.GET(path, { params })).data,
    },
    {
      name: "ky",
      create: () => ky(url, { method: "post", headers, json: method }).json(),
      list: () => ky(url, { method: "get", headers }).json(),
    },
    {
      name: "auth0",
      create: () => authenticationMethods.create(id, method),
      list: async () => (await authenticationMethods.list(id)).data,
    },
  ];
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
