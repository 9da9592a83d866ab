import {
  type ContractDocument,
  isObject,
  type Located,
  listOperations,
  type Operation,
  type ParameterPlace,
  readOperation,
} from "../openapi/index.ts";
import { elements, follow, member, members } from "../openapi/reference.ts";

/** Something of a contract that traffic can exercise. */
export interface Item {
  /** Tells it from all others, and a person what it is: `POST /users response 201`. */
  readonly id: string;
  readonly kind:
    | "operation"
    | "parameter"
    | "media type"
    | "status"
    | "header"
    | "property"
    | "value"
    | "branch"
    | "example"
    | "refusal";
}

export type Side = "request" | "response";

/** Keywords of a request's schema that a request can break. */
export const constraints = [
  "type",
  "enum",
  "const",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
] as const;

export function operationName({ method, path }: Pick<Operation, "method" | "path">): string {
  return `${method.toUpperCase()} ${path}`;
}

/** All that there is to cover. What says `x-coverage-ignore`, with a reason, is left out with all below it. */
export function listItems(document: ContractDocument): Item[] {
  const lister = new Lister(document);
  for (const entry of listOperations(document)) {
    if (isIgnored(entry.definition.value)) continue;
    lister.operation(readOperation(document, entry));
  }
  return [...lister.items.values()];
}

/** @throws Error where the reason is missing */
export function isIgnored(value: unknown): boolean {
  if (!isObject(value) || value["x-coverage-ignore"] === undefined) return false;
  const reason = value["x-coverage-ignore"];
  if (typeof reason === "string" && reason.trim() !== "") return true;
  throw new Error("x-coverage-ignore needs a reason: write it as a sentence.");
}

class Lister {
  readonly items = new Map<string, Item>();
  readonly #document: ContractDocument;
  readonly #seen = new Set<string>();

  constructor(document: ContractDocument) {
    this.#document = document;
  }

  operation(operation: Operation): void {
    const name = operationName(operation);
    this.#add("operation", name);
    for (const parameter of Object.values(operation.parameters).flat()) {
      const place = `${name} parameter ${parameter.in} ${parameter.name}`;
      if (isIgnored(this.#document.at(parameter.pointer)?.value)) continue;
      this.#add("parameter", place);
      if (parameter.required && parameter.in !== "path") this.#add("refusal", `${place} left out`);
      if (parameter.schema !== undefined) this.#constraints(parameter.schema, place, parameter.in);
    }
    for (const { mediaType, schema, examples, pointer } of operation.requestBody?.contents ?? []) {
      if (isIgnored(this.#document.at(pointer)?.value)) continue;
      this.#add("media type", `${name} request ${mediaType}`);
      for (const { key } of examples) this.#add("example", `${name} request ${mediaType} example ${key}`);
      if (schema !== undefined) this.#schema(schema, "request");
    }
    if (operation.requestBody?.required) this.#add("refusal", `${name} body left out`);
    for (const { code, contents, headers, pointer } of operation.responses) {
      if (isIgnored(this.#document.at(pointer)?.value)) continue;
      this.#add("status", `${name} response ${code}`);
      for (const { mediaType, schema, pointer: content } of contents) {
        if (isIgnored(this.#document.at(content)?.value)) continue;
        this.#add("media type", `${name} response ${code} ${mediaType}`);
        if (schema !== undefined) this.#schema(schema, "response");
      }
      for (const header of headers) {
        if (!isIgnored(this.#document.at(header.pointer)?.value))
          this.#add("header", `${name} response ${code} header ${header.name}`);
      }
    }
    if (operation.security.length === 0 || operation.security.some((all) => all.length === 0)) return;
    this.#add("refusal", `${name} without credentials`);
    for (const { scopes } of operation.security.flat())
      for (const scope of scopes) this.#add("refusal", `${name} without the scope ${scope}`);
  }

  /** What a request can break of a parameter. Their texts have no types to speak of. */
  #constraints(located: Located, place: string, where: ParameterPlace | "querystring"): void {
    const schema = follow(this.#document, located);
    const { value } = schema;
    if (!isObject(value) || isIgnored(value)) return;
    const isText = [value.type].flat().includes("string");
    for (const each of elements(member(schema, "enum")))
      this.#add("value", `${place} enum ${JSON.stringify(each.value)}`);
    // An empty segment is another path, and a header or a cookie without a value mostly none.
    const shortest = where === "query" ? 0 : 1;
    for (const keyword of constraints) {
      if (value[keyword] === undefined || (keyword === "type" && isText)) continue;
      if (keyword === "minLength" && Number(value.minLength) <= shortest) continue;
      this.#add("refusal", `${place} ${keyword}`);
    }
  }

  #schema(located: Located, side: Side): void {
    const schema = follow(this.#document, located);
    const { value, pointer } = schema;
    const key = `${side} ${pointer}`;
    if (!isObject(value) || isIgnored(value) || this.#seen.has(key)) return;
    this.#seen.add(key);
    for (const [index, each] of elements(member(schema, "enum")).entries())
      this.#add("value", `${key}/enum/${index} ${JSON.stringify(each.value)}`);
    for (const [name, property] of members(member(schema, "properties"))) {
      if (
        isIgnored(property.value) ||
        value.properties === undefined ||
        belongsElsewhere(property.value, side)
      )
        continue;
      this.#add("property", `${key}/properties/${name}`);
      this.#schema(property, side);
    }
    for (const keyword of ["oneOf", "anyOf"]) {
      for (const [index, branch] of elements(member(schema, keyword)).entries()) {
        this.#add("branch", `${key}/${keyword}/${index}`);
        this.#schema(branch, side);
      }
    }
    for (const part of elements(member(schema, "allOf"))) this.#schema(part, side);
    for (const keyword of ["items", "additionalProperties"]) {
      const below = member(schema, keyword);
      if (below !== undefined && isObject(below.value)) this.#schema(below, side);
    }
    if (side === "response") return;
    for (const keyword of constraints)
      if (value[keyword] !== undefined && !(keyword === "minLength" && value.minLength === 0))
        this.#add("refusal", `${key}/${keyword} broken`);
    for (const each of elements(member(schema, "required")))
      this.#add("refusal", `${key}/required ${String(each.value)} left out`);
    if (value.additionalProperties === false) this.#add("refusal", `${key}/additionalProperties broken`);
  }

  #add(kind: Item["kind"], id: string): void {
    this.items.set(id, { id, kind });
  }
}

export function belongsElsewhere(property: unknown, side: Side): boolean {
  return isObject(property) && property[side === "request" ? "readOnly" : "writeOnly"] === true;
}
