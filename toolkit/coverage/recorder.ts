import { readDiscriminator } from "../openapi/discriminator.ts";
import {
  type ContractDocument,
  isObject,
  type Located,
  type Operation,
  OperationRouter,
} from "../openapi/index.ts";
import { isJson, isUrlEncoded, specificity } from "../openapi/media-type.ts";
import { elements, follow, member, members } from "../openapi/reference.ts";
import { ContractSchema } from "../openapi/schema.ts";
import { claimedScopes } from "./claims.ts";
import type { Exchange } from "./exchange.ts";
import { formValue, isSameText } from "./form-value.ts";
import { belongsElsewhere, constraints, operationName, type Side } from "./items.ts";
import { accepts, breaks, readText } from "./values.ts";

/** Equal exchanges are looked at once: tests repeat themselves. */
const mostRemembered = 20_000;

/** Tells from exchanges which items of a contract they exercised. */
export class Recorder {
  readonly #hits = new Set<string>();
  readonly #document: ContractDocument;
  readonly #router: OperationRouter;
  readonly #seen = new Set<string>();
  readonly #schemas = new Map<string, ContractSchema>();

  constructor(document: ContractDocument) {
    this.#document = document;
    this.#router = new OperationRouter([document]);
  }

  /** The ids of the items that were exercised. */
  get hits(): readonly string[] {
    return [...this.#hits];
  }

  record(exchange: Exchange): void {
    const url = URL.parse(exchange.url, "http://localhost");
    if (url === null) return;
    try {
      this.#record(exchange, url);
    } catch (error) {
      // What nests deeper than the call stack has broken something that no item tells of.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #record(exchange: Exchange, { pathname, search }: URL): void {
    const { method, requestHeaders, requestBody, status, responseHeaders, responseBody } = exchange;
    const names = [...responseHeaders.keys()].join();
    const key = [method, pathname, search, ...requestHeaders, requestBody, status, names, responseBody].join(
      "\n",
    );
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= mostRemembered) this.#seen.clear();
    this.#seen.add(key);
    const match = this.#router.find(method.toLowerCase(), pathname);
    if (!("operation" in match)) return;
    const { operation } = match;
    const name = operationName(operation);
    this.#hit(name);
    this.#parameters(operation, match.pathParameters, exchange, search);
    this.#request(operation, exchange);
    this.#response(operation, exchange);
    if (exchange.status === 401) this.#hit(`${name} without credentials`);
    if (exchange.status !== 403) return;
    const held = claimedScopes(exchange.requestHeaders.get("authorization"));
    const needed = operation.security.flat().flatMap(({ scopes }) => scopes);
    for (const scope of needed)
      if (held !== undefined && !held.has(scope)) this.#hit(`${name} without the scope ${scope}`);
  }

  #hit(id: string): void {
    this.#hits.add(id);
  }

  #parameters(
    operation: Operation,
    path: Readonly<Record<string, string>>,
    exchange: Exchange,
    search: string,
  ): void {
    const query = new URLSearchParams(search);
    const cookies = new Map(
      (exchange.requestHeaders.get("cookie") ?? "")
        .split(/;\s*/)
        .map((pair) => pair.split("=", 2) as [string, string]),
    );
    const sent = {
      path: (name: string) => path[name],
      query: (name: string) => query.get(name) ?? undefined,
      header: (name: string) => exchange.requestHeaders.get(name) ?? undefined,
      cookie: (name: string) => cookies.get(name),
      querystring: () => search || undefined,
    };
    const isRefused = exchange.status >= 400 && exchange.status < 500;
    for (const parameter of Object.values(operation.parameters).flat()) {
      const place = `${operationName(operation)} parameter ${parameter.in} ${parameter.name}`;
      const text = sent[parameter.in](parameter.name);
      if (text !== undefined) this.#hit(place);
      else if (isRefused) this.#hit(`${place} left out`);
      if (text === undefined || parameter.schema === undefined) continue;
      const schema = follow(this.#document, parameter.schema);
      const { value } = schema;
      if (!isObject(value)) continue;
      for (const each of elements(member(schema, "enum")))
        if (each.value === readText(text, value)) this.#hit(`${place} enum ${JSON.stringify(each.value)}`);
      if (!isRefused) continue;
      for (const keyword of constraints)
        if (breaks(value, keyword, readText(text, value))) this.#hit(`${place} ${keyword}`);
    }
  }

  #request(operation: Operation, { requestHeaders, requestBody, status }: Exchange): void {
    const name = operationName(operation);
    const isRefused = status >= 400 && status < 500;
    if (requestBody === "") {
      if (operation.requestBody?.required && isRefused) this.#hit(`${name} body left out`);
      return;
    }
    const type = requestHeaders.get("content-type") ?? "";
    const content = operation.requestBody?.contents.find(({ mediaType }) => specificity(mediaType, type) > 0);
    if (content === undefined) return;
    this.#hit(`${name} request ${content.mediaType}`);
    const value = isJson(type) ? parse(requestBody) : isUrlEncoded(type) ? formValue(requestBody) : undefined;
    if (value === undefined) return;
    for (const example of content.examples) {
      const isSame =
        JSON.stringify(example.value) === JSON.stringify(value.json) ||
        (isUrlEncoded(type) && isSameText(example.value, value.json));
      if (isSame) this.#hit(`${name} request ${content.mediaType} example ${example.key}`);
    }
    if (content.schema !== undefined) this.#value(content.schema, value.json, "request", isRefused);
  }

  #response(operation: Operation, { status, responseHeaders, responseBody }: Exchange): void {
    const by = (code: string) => operation.responses.find((each) => each.code.toUpperCase() === code);
    const response = by(String(status)) ?? by(`${Math.floor(status / 100)}XX`) ?? by("DEFAULT");
    if (response === undefined) return;
    const place = `${operationName(operation)} response ${response.code}`;
    this.#hit(place);
    for (const { name } of response.headers)
      if (responseHeaders.has(name)) this.#hit(`${place} header ${name}`);
    const type = responseHeaders.get("content-type") ?? "";
    const content = response.contents.find(({ mediaType }) => specificity(mediaType, type) > 0);
    if (content === undefined) return;
    this.#hit(`${place} ${content.mediaType}`);
    const value = isJson(type) ? parse(responseBody) : undefined;
    if (value !== undefined && content.schema !== undefined)
      this.#value(content.schema, value.json, "response", false);
  }

  /** Follows a value through its schema, and notes what it has of it and what it breaks. */
  #value(located: Located, value: unknown, side: Side, isRefused: boolean): void {
    const schema = follow(this.#document, located);
    if (!isObject(schema.value)) return;
    const key = `${side} ${schema.pointer}`;
    for (const [index, each] of elements(member(schema, "enum")).entries())
      if (JSON.stringify(each.value) === JSON.stringify(value))
        this.#hit(`${key}/enum/${index} ${JSON.stringify(each.value)}`);
    if (side === "request" && isRefused) this.#refusals(schema, key, value);
    if (isObject(value)) {
      for (const [name, property] of members(member(schema, "properties"))) {
        if (!Object.hasOwn(value, name) || belongsElsewhere(property.value, side)) continue;
        this.#hit(`${key}/properties/${name}`);
        this.#value(property, value[name], side, isRefused);
      }
    }
    const items = member(schema, "items");
    if (items !== undefined && Array.isArray(value))
      for (const each of value.slice(0, 50)) this.#value(items, each, side, isRefused);
    for (const part of elements(member(schema, "allOf"))) this.#value(part, value, side, isRefused);
    for (const keyword of ["oneOf", "anyOf"]) this.#branches(schema, keyword, value, side, isRefused);
  }

  #branches(schema: Located, keyword: string, value: unknown, side: Side, isRefused: boolean): void {
    const branches = elements(member(schema, keyword));
    if (branches.length === 0) return;
    const key = `${side} ${schema.pointer}`;
    const discriminator = readDiscriminator(this.#document, schema as Located<Record<string, unknown>>);
    const tag = discriminator !== undefined && isObject(value) ? value[discriminator.property] : undefined;
    const chosen = discriminator === undefined ? undefined : discriminator.branches.get(String(tag));
    for (const [index, branch] of branches.entries()) {
      const isChosen =
        chosen === undefined
          ? accepts(this.#contractSchema(branch, side), value)
          : follow(this.#document, chosen).pointer === follow(this.#document, branch).pointer;
      if (
        isChosen &&
        (chosen === undefined || !isRefused || accepts(this.#contractSchema(branch, side), value))
      )
        this.#hit(`${key}/${keyword}/${index}`);
      // A value that fits nowhere breaks something everywhere.
      if (isChosen || (isRefused && chosen === undefined)) this.#value(branch, value, side, isRefused);
    }
  }

  #contractSchema(located: Located, side: Side): ContractSchema {
    const key = `${side} ${located.pointer}`;
    const known = this.#schemas.get(key) ?? new ContractSchema(this.#document, located, side);
    this.#schemas.set(key, known);
    return known;
  }

  #refusals(schema: Located, key: string, value: unknown): void {
    if (!isObject(schema.value)) return;
    for (const keyword of constraints)
      if (breaks(schema.value, keyword, value)) this.#hit(`${key}/${keyword} broken`);
    if (!isObject(value)) return;
    for (const each of elements(member(schema, "required")))
      if (!Object.hasOwn(value, String(each.value)))
        this.#hit(`${key}/required ${String(each.value)} left out`);
    const known = members(member(schema, "properties")).map(([name]) => name);
    if (
      schema.value.additionalProperties === false &&
      Object.keys(value).some((name) => !known.includes(name))
    )
      this.#hit(`${key}/additionalProperties broken`);
  }
}

function parse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
