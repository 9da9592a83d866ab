import { validateHeaderName, validateHeaderValue } from "node:http";
import { essence } from "../../openapi/media-type.ts";
import type { Header, Operation } from "../../openapi/operation.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import { dynamicValue, staticValue } from "../generation/generation.ts";
import { Problem } from "../problem.ts";
import { SchemaValidator, validatorOf } from "../schema/validator.ts";
import type { Violation } from "../violation.ts";
import type { Choice } from "./negotiation.ts";
import { serialize } from "./serialize.ts";

/** How values that no example gives are made. */
export interface Generation {
  /** Undefined: always the same sample. */
  readonly seed?: string;
  readonly ignoreExamples: boolean;
  readonly fillProperties: boolean;
}

/** A documented response with its headers and its body, not yet written out. */
export interface Draft {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly mediaType: string | undefined;
  /** Undefined: no body. */
  readonly value: unknown;
  readonly schema: ContractSchema | undefined;
  readonly headerViolations: readonly Violation[];
  /** The values of all examples of this content. */
  readonly examples: readonly unknown[];
}

/** Fills a chosen response with values. */
export function draftResponse(operation: Operation, choice: Choice, generation: Generation): Draft {
  const { status, content, response } = choice;
  const value = bodyValue(choice, generation);
  const headers: Record<string, string> = {};
  for (const header of response.headers) {
    const text = headerText(headerValue(header, generation));
    if (isOfTheServer(header.name) || text === undefined || !sendable(header.name, text)) continue;
    headers[header.name.toLowerCase()] = text;
  }
  const headerViolations = checkHeaders(response.headers, headers);
  const mediaType = concrete(choice, value);
  if (mediaType !== undefined && sendable("content-type", mediaType)) headers["content-type"] = mediaType;
  if (operation.deprecated) headers.deprecation = "true";
  const examples = (content?.examples ?? []).map((example) => example.value);
  return { status, headers, mediaType, value, schema: content?.schema, headerViolations, examples };
}

/** What would be a lie about bytes that the mock writes, or about its connections: RFC 9110 §7.6.1, RFC 9112 §6, Fetch. */
const ofTheServer = new Set([
  ...["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
  ...["content-type", "content-length", "content-encoding", "content-range", "content-md5", "content-digest"],
  ...["digest", "repr-digest", "date"],
]);

/** Headers that are never copied from a document. */
function isOfTheServer(name: string): boolean {
  const lower = name.toLowerCase();
  return ofTheServer.has(lower) || lower.startsWith("access-control-");
}

/** What is documented by a range is sent as what it is: an object as JSON, unless it can be written as the client asks. */
function concrete({ mediaType, content, isOpen }: Choice, value: unknown): string | undefined {
  if (mediaType === undefined || value === undefined || !essence(content?.mediaType ?? "").endsWith("/*"))
    return mediaType;
  if (typeof value === "string") return isOpen ? "text/plain" : mediaType;
  return structured.test(essence(mediaType)) ? mediaType : "application/json";
}

/** Media types that objects can be written as. */
const structured = /[/+](json|xml|jsonl|x-ndjson|json-seq|x-www-form-urlencoded)$/;

function bodyValue({ content, example }: Choice, generation: Generation): unknown {
  if (example && "value" in example && example.value !== undefined && !generation.ignoreExamples)
    return example.value;
  const schema = content?.schema;
  if (!schema) return undefined;
  const value = generate(schema, generation);
  if (value === undefined && schema.generative !== false) {
    const detail = "Unable to generate body for response. The schema is too complex to generate.";
    throw new Problem("SCHEMA_TOO_COMPLEX", detail);
  }
  return value;
}

function generate(schema: ContractSchema, { seed, fillProperties }: Generation): unknown {
  return seed === undefined ? staticValue(schema) : dynamicValue(schema, seed, fillProperties);
}

function headerValue({ examples, schema }: Header, generation: Generation): unknown {
  const [example] = examples;
  if (example && "value" in example) return example.value;
  return schema && generate(schema, generation);
}

function headerText(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(String).join(",");
  return ["string", "number", "bigint", "boolean"].includes(typeof value) ? String(value) : undefined;
}

function sendable(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

const headerValidators = new WeakMap<Header, SchemaValidator>();

function checkHeaders(headers: readonly Header[], values: Readonly<Record<string, string>>): Violation[] {
  return headers.flatMap((header) => {
    const name = header.name.toLowerCase();
    if (!header.schema || !Object.hasOwn(values, name)) return [];
    let validator = headerValidators.get(header);
    if (!validator) {
      validator = new SchemaValidator({ type: "object", properties: { [name]: header.schema.json } }, true);
      headerValidators.set(header, validator);
    }
    return validator.violations({ [name]: values[name] }, "Response", "header");
  });
}

/** A response written out, and how it breaks its own contract. */
export interface WrittenResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly violations: readonly Violation[];
}

/** Writes a draft out and holds its body against the schema. */
export function writeResponse({
  status,
  headers,
  mediaType,
  value,
  schema,
  headerViolations,
}: Draft): WrittenResponse {
  const body = mediaType === undefined ? undefined : serialize(value, mediaType, schema);
  const bodyViolations =
    schema && value !== undefined ? validatorOf(schema).violations(value, "Response", "body") : [];
  return { status, headers, body, violations: [...bodyViolations, ...headerViolations] };
}
