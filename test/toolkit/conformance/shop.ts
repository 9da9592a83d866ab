import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Phase } from "../../../toolkit/conformance/index.ts";

const error = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
const challenged = {
  ...error("No valid token."),
  headers: { "WWW-Authenticate": { required: true, schema: { type: "string" } } },
};
const errors = {
  400: error("It is not as it should be."),
  401: challenged,
  403: error("The token lacks the scope."),
  415: error("Another media type."),
};
const item = { "application/json": { schema: { $ref: "#/components/schemas/Item" } } };
const list = {
  "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Item" } } },
};
const id = {
  name: "item_id",
  in: "path",
  required: true,
  schema: { type: "string", pattern: "^[0-9a-f]{8}$" },
};
const body = (name: string) => ({
  required: true,
  content: { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } },
});
const security = (scope: string) => [{ bearer: [scope] }];

/** What the server below does, when it is asked for no faults. */
export const document = {
  openapi: "3.1.0",
  info: { title: "A shop", version: "1.0.0" },
  paths: {
    "/items": {
      post: {
        operationId: "createItem",
        security: security("write"),
        parameters: [
          {
            name: "X-Tenant",
            in: "header",
            required: true,
            schema: { type: "string", pattern: "^[a-z]{2,8}$" },
          },
          { name: "Idempotency-Key", in: "header", schema: { type: "string", maxLength: 100 } },
        ],
        requestBody: body("NewItem"),
        responses: {
          201: {
            description: "Created.",
            headers: { Location: { required: true, schema: { type: "string" } } },
            content: item,
          },
          ...errors,
        },
      },
      get: {
        operationId: "listItems",
        security: security("read"),
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 100 } },
          { name: "colour", in: "query", schema: { type: "string", enum: ["red", "green"] } },
        ],
        responses: {
          200: {
            description: "The newest first.",
            headers: { "X-Total": { required: true, schema: { type: "integer", minimum: 0 } } },
            content: list,
          },
          ...errors,
        },
      },
    },
    "/items/{item_id}": {
      parameters: [id],
      get: {
        operationId: "getItem",
        security: security("read"),
        responses: { 200: { description: "It.", content: item }, 404: error("None."), ...errors },
      },
      put: {
        operationId: "replaceItem",
        security: security("write"),
        requestBody: body("NewItem"),
        responses: { 200: { description: "It now.", content: item }, 404: error("None."), ...errors },
      },
      patch: {
        operationId: "changeItem",
        security: security("write"),
        requestBody: body("ItemChange"),
        responses: { 200: { description: "It now.", content: item }, 404: error("None."), ...errors },
      },
      delete: {
        operationId: "deleteItem",
        security: security("write"),
        responses: { 204: { description: "Gone." }, 404: error("None."), ...errors },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    schemas: {
      NewItem: {
        type: "object",
        additionalProperties: false,
        required: ["name", "price"],
        properties: {
          name: { type: "string", minLength: 1, maxLength: 40 },
          price: { type: "integer", minimum: 0, maximum: 1_000_000 },
          colour: { type: "string", enum: ["red", "green"] },
          code: { type: "string", pattern: "^[A-Z]{3}-\\d{2}$" },
          contact: { type: "string", format: "email" },
          tags: { type: "array", maxItems: 3, items: { type: "string", maxLength: 10 } },
          note: { type: "string" },
        },
      },
      ItemChange: {
        type: "object",
        additionalProperties: false,
        properties: { price: { type: "integer", minimum: 0, maximum: 1_000_000 }, note: { type: "string" } },
      },
      Item: {
        type: "object",
        additionalProperties: false,
        required: ["id", "name", "price"],
        properties: {
          id: { type: "string", pattern: "^[0-9a-f]{8}$" },
          name: { type: "string" },
          price: { type: "integer" },
          colour: { type: "string", enum: ["red", "green"] },
          code: { type: "string" },
          contact: { type: "string" },
          tags: { type: "array", items: { type: "string" } },
          note: { type: "string" },
        },
      },
      Problem: {
        type: "object",
        required: ["title", "status"],
        properties: { title: { type: "string" }, status: { type: "integer" } },
      },
    },
  },
};

/** What a server can do wrong, the check that must tell, and the phase that is enough for it: none where it takes them all. */
export const faults = {
  "a create is answered with 200": ["undocumented-status", "examples"],
  "a read is answered as text/html": ["undocumented-media-type", "examples"],
  "a read is not well-formed": ["malformed-body", "examples"],
  "Location is missing": ["missing-header", "examples"],
  "X-Total is no number": ["wrong-header", "examples"],
  "an enum leaks a value": ["wrong-body", "examples"],
  "a property is missing": ["wrong-body", "examples"],
  "an internal property leaks": ["wrong-body", "examples"],
  "a list is an object": ["wrong-body", "examples"],
  "NUL is a 500": ["server-error"],
  "a long text is a 500": ["server-error"],
  "an absent optional property is a 500": ["server-error", "examples"],
  "a failure shows its stack": ["stack-trace", "sequences"],
  "authentication is ignored": ["ignored-authentication", "boundaries"],
  "any token is taken": ["ignored-authentication", "boundaries"],
  "scopes are ignored": ["ignored-scope", "boundaries"],
  "401 comes without WWW-Authenticate": ["missing-challenge", "boundaries"],
  "minLength is not checked": ["accepted-forbidden", "boundaries"],
  "maximum is not checked": ["accepted-forbidden", "boundaries"],
  "enum is not checked": ["accepted-forbidden", "boundaries"],
  "pattern is not checked": ["accepted-forbidden", "boundaries"],
  "format is not checked": ["accepted-forbidden", "boundaries"],
  "additional properties are taken": ["accepted-forbidden", "boundaries"],
  "the required header is not asked for": ["accepted-forbidden", "boundaries"],
  "the query is not checked": ["accepted-forbidden", "boundaries"],
  "any media type is taken": ["accepted-forbidden", "boundaries"],
  "the largest price is refused": ["refused-allowed", "boundaries"],
  "another method is a 404": ["wrong-method", "boundaries"],
  "405 comes without Allow": ["wrong-method", "boundaries"],
  "a create stores nothing": ["not-created", "sequences"],
  "a list leaves out what was created": ["not-listed", "sequences"],
  "a change is not stored": ["not-changed", "sequences"],
  "a refused change is stored": ["changed-by-refusal", "sequences"],
  "a delete deletes nothing": ["not-deleted", "sequences"],
  "a second delete is a 400": ["not-idempotent", "sequences"],
  "the same key creates twice": ["not-idempotent", "sequences"],
  "Location leads nowhere": ["dead-location", "sequences"],
  "204 comes as 200 with a body": ["undocumented-status", "examples"],
  "another user's items are shown": ["other-users-resource", "sequences"],
  "one answer is slow": ["slow-answer", "examples"],
} as const satisfies Record<string, readonly [check: string, phase?: Phase]>;

export type FaultName = keyof typeof faults;
type Item = Record<string, unknown>;

/** A token that says who it is of and what it may do; nobody signs it. */
export function token(subject: string, ...scopes: string[]): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: subject, scope: scopes.join(" ") })}.x`;
}

class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, headers: Readonly<Record<string, string>> = {}) {
    super(`refused with ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** A server of the shop that has the faults which are named, and no others. */
export async function startShop(...planted: FaultName[]) {
  const has = (fault: FaultName) => planted.includes(fault);
  const items = new Map<string, { item: Item; owner: string }>();
  const answered = new Map<string, string>();
  const deletions: string[] = [];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "shop", components: document.components });
  const ignored: Readonly<Partial<Record<FaultName, string>>> = {
    "minLength is not checked": "minLength",
    "maximum is not checked": "maximum",
    "enum is not checked": "enum",
    "pattern is not checked": "pattern",
    "format is not checked": "format",
    "additional properties are taken": "additionalProperties",
  };
  const isIgnored = (keyword: string) =>
    Object.entries(ignored).some(([fault, each]) => each === keyword && has(fault as FaultName));

  function check(name: string, value: unknown): void {
    const validate = ajv.getSchema(`shop#/components/schemas/${name}`);
    if (validate?.(value) === false && !validate.errors?.every((each) => isIgnored(each.keyword)))
      throw new Refusal(400);
  }

  function authenticate(request: IncomingMessage, scope: string): string {
    const challenge: Record<string, string> = has("401 comes without WWW-Authenticate")
      ? {}
      : { "www-authenticate": "Bearer" };
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (has("authentication is ignored") && given === undefined) return "nobody";
    const claims = given === undefined ? undefined : claimsOf(given);
    if (claims === undefined && has("any token is taken") && given !== undefined) return "nobody";
    if (claims === undefined) throw new Refusal(401, challenge);
    if (!claims.scope.split(" ").includes(scope) && !has("scopes are ignored")) throw new Refusal(403);
    return claims.sub;
  }

  async function readBody(request: IncomingMessage): Promise<Item> {
    if (request.headers["content-type"] !== "application/json") {
      if (has("any media type is taken") && request.headers["content-type"] !== undefined)
        return { name: "text", price: 1 };
      throw new Refusal(request.headers["content-type"] === undefined ? 400 : 415);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      return JSON.parse(Buffer.concat(chunks).toString());
    } catch {
      throw new Refusal(400);
    }
  }

  function crash(body: Item): void {
    const note = typeof body.note === "string" ? body.note : "";
    if (has("NUL is a 500") && note.includes("\0")) throw new Error("NUL");
    if (has("a long text is a 500") && note.length > 5_000) throw new Error("too long");
    if (has("an absent optional property is a 500") && body.price !== undefined && body.tags === undefined)
      throw new Error("tags");
  }

  const visible = (entry: Item): Item => {
    const { ...shown } = entry;
    if (has("an enum leaks a value")) shown.colour = "blue";
    if (has("a property is missing")) delete shown.price;
    if (has("an internal property leaks")) shown.password = "hash";
    return shown;
  };
  const find = (id: string, subject: string) => {
    if (!/^[0-9a-f]{8}$/.test(id)) throw new Refusal(400);
    const found = items.get(id);
    if (found === undefined || (found.owner !== subject && !has("another user's items are shown")))
      throw new Refusal(404);
    return found;
  };

  async function createItem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const subject = authenticate(request, "write");
    const body = await readBody(request);
    const tenant = request.headers["x-tenant"];
    if (
      !/^[a-z]{2,8}$/.test(String(tenant)) &&
      !(has("the required header is not asked for") && tenant === undefined)
    )
      throw new Refusal(400);
    if (String(request.headers["idempotency-key"] ?? "").length > 100) throw new Refusal(400);
    check("NewItem", body);
    if (has("the largest price is refused") && body.price === 1_000_000) throw new Refusal(400);
    crash(body);
    const key = has("the same key creates twice")
      ? undefined
      : request.headers["idempotency-key"]?.toString();
    const known = key === undefined ? undefined : answered.get(key);
    const item: Item = known === undefined ? { id: randomId(), ...body } : JSON.parse(known);
    if (key !== undefined) answered.set(key, JSON.stringify(item));
    if (!has("a create stores nothing")) items.set(String(item.id), { item, owner: subject });
    const location = has("Location leads nowhere") ? "/nowhere" : `/items/${item.id}`;
    const headers: Record<string, string> = has("Location is missing") ? {} : { location };
    send(response, has("a create is answered with 200") ? 200 : 201, visible(item), headers);
  }

  async function listItems(
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<void> {
    const subject = authenticate(request, "read");
    const limit = query.get("limit") ?? "100";
    const isAsked =
      /^\d{1,3}$/.test(limit) &&
      Number(limit) >= 1 &&
      Number(limit) <= 100 &&
      ["red", "green", null].includes(query.get("colour"));
    if (!isAsked && !has("the query is not checked")) throw new Refusal(400);
    const own = [...items.values()].filter(({ owner }) => owner === subject).map(({ item }) => visible(item));
    const page = own
      .toReversed()
      .slice(has("a list leaves out what was created") ? 1 : 0, Number(limit) || 100);
    const body = has("a list is an object") ? { items: page } : page;
    send(response, 200, body, { "x-total": has("X-Total is no number") ? "many" : String(own.length) });
  }

  async function oneItem(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const isRead = request.method === "GET";
    const subject = authenticate(request, isRead ? "read" : "write");
    if (isRead) {
      if (has("one answer is slow")) await new Promise((resolve) => setTimeout(resolve, 300));
      const { item } = find(id, subject);
      if (has("a read is answered as text/html"))
        return send(response, 200, visible(item), { "content-type": "text/html" });
      if (has("a read is not well-formed"))
        return void response.writeHead(200, { "content-type": "application/json" }).end("{");
      return send(response, 200, visible(item));
    }
    if (request.method === "DELETE") {
      deletions.push(id);
      if (has("a second delete is a 400") && /^[0-9a-f]{8}$/.test(id) && !items.has(id))
        throw new Refusal(400);
      find(id, subject);
      if (!has("a delete deletes nothing")) items.delete(id);
      if (has("204 comes as 200 with a body")) return send(response, 200, { deleted: true });
      return void response.writeHead(204).end();
    }
    const body = await readBody(request);
    const entry = find(id, subject);
    const next = request.method === "PUT" ? { id, ...body } : { ...entry.item, ...body };
    if (has("a refused change is stored")) entry.item = { ...next, note: `changed ${Math.random()}` };
    check(request.method === "PUT" ? "NewItem" : "ItemChange", body);
    if (request.method === "PUT") crash(body);
    if (!has("a change is not stored")) entry.item = next;
    send(response, 200, visible(next));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const id = /^\/items\/([^/]+)$/.exec(url.pathname)?.[1];
    const isKnown = url.pathname === "/items" || id !== undefined;
    const methods = id === undefined ? ["GET", "POST"] : ["GET", "PUT", "PATCH", "DELETE"];
    const handle = async () => {
      if (!isKnown) throw new Refusal(404);
      if (!methods.includes(request.method ?? "")) {
        if (has("another method is a 404")) throw new Refusal(404);
        throw new Refusal(405, has("405 comes without Allow") ? {} : { allow: methods.join(", ") });
      }
      if (id !== undefined) return oneItem(request, response, decodeURIComponent(id));
      return request.method === "POST"
        ? createItem(request, response)
        : listItems(request, response, url.searchParams);
    };
    handle().catch((failure: Error) => {
      if (failure instanceof Refusal)
        return problem(
          response,
          failure.status,
          failure.headers,
          "Refused",
          has("a failure shows its stack") ? failure.stack : undefined,
        );
      return problem(response, 500, {}, "Failed", undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    items,
    deletions,
    /** Something that was there before the run. */
    put: (item: Item, owner: string) => void items.set(String(item.id), { item, owner }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function problem(
  response: ServerResponse,
  status: number,
  headers: object,
  title: string,
  detail: string | undefined,
): void {
  response
    .writeHead(status, { "content-type": "application/problem+json", ...headers })
    .end(JSON.stringify({ title, status, ...(detail !== undefined && { detail: `\n${detail}` }) }));
}

function randomId(): string {
  return crypto.randomUUID().slice(0, 8);
}

function claimsOf(text: string): { sub: string; scope: string } | undefined {
  try {
    return JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString());
  } catch {
    return undefined;
  }
}
