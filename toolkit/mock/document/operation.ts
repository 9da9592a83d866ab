import { arrayAt, isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { ContractSchema } from "../schema/contract-schema.ts";
import type { ContractDocument } from "./document.ts";
import type { Direction } from "./json-schema.ts";
import { dereference } from "./reference.ts";

/** A named example. External and broken ones have no value: the schema is sampled in their place. */
export interface Example {
  readonly key: string;
  readonly value?: unknown;
}

/** The content of a body in one media type. */
export interface Content {
  /** Exactly as the document writes it, parameters included. */
  readonly mediaType: string;
  readonly schema?: ContractSchema;
  readonly examples: readonly Example[];
  /** How properties travel in forms (OpenAPI's Encoding Object). */
  readonly encoding: JsonObject;
}

/** A parameter or a response header. */
export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly deprecated: boolean;
  readonly style?: string;
  readonly explode?: boolean;
  readonly schema?: ContractSchema;
  readonly examples: readonly Example[];
}

export type ParameterPlace = "path" | "query" | "header" | "cookie";

export interface ResponseDescription {
  /** `200`, `2XX` or `default`. */
  readonly code: string;
  readonly headers: readonly Parameter[];
  readonly contents: readonly Content[];
}

/** A security scheme as it stands in `components.securitySchemes`. */
export type SecurityScheme = JsonObject;

/** One operation of a document, its references followed. */
export interface Operation {
  readonly document: ContractDocument;
  /** In lower case. */
  readonly method: string;
  readonly path: string;
  readonly operationId?: string;
  readonly deprecated: boolean;
  readonly parameters: Readonly<Record<ParameterPlace, readonly Parameter[]>>;
  readonly requestBody?: { readonly required: boolean; readonly contents: readonly Content[] };
  readonly responses: readonly ResponseDescription[];
  /** Whether some content has several examples, so that the request decides between them. */
  readonly choosesByRequest: boolean;
  /** Any of these, each of them whole. Empty: no credentials needed. */
  readonly security: readonly (readonly SecurityScheme[])[];
  /** Name, runtime expression (OpenAPI 3.1, section 4.8.20.4), and the Path Item it leads to. */
  readonly callbacks: readonly {
    readonly name: string;
    readonly expression: string;
    readonly item: JsonObject;
  }[];
}

/** Reads one operation out of its document. */
export function readOperation(
  document: ContractDocument,
  path: string,
  method: string,
  item: JsonObject,
  definition: JsonObject,
): Operation {
  const { root } = document;
  const parameters = readParameters(document, [
    ...arrayAt(item, "parameters"),
    ...arrayAt(definition, "parameters"),
  ]);
  const responses = Object.entries(objectAt(definition, "responses"))
    .filter(([code]) => !code.startsWith("x-"))
    .map(([code, response]) => readResponse(document, code, dereference(root, response)));
  const body = definition.requestBody === undefined ? undefined : dereference(root, definition.requestBody);
  return {
    document,
    method,
    path,
    ...(typeof definition.operationId === "string" && { operationId: definition.operationId }),
    deprecated: definition.deprecated === true,
    parameters,
    ...(body && {
      requestBody: { required: body.required === true, contents: readContents(document, body, "request") },
    }),
    responses,
    choosesByRequest: responses.some(({ contents }) => contents.some(({ examples }) => examples.length > 1)),
    security: readSecurity(root, definition),
    callbacks: Object.entries(objectAt(definition, "callbacks")).flatMap(([name, callback]) =>
      Object.entries(dereference(root, callback)).map(([expression, target]) => ({
        name,
        expression,
        item: dereference(root, target),
      })),
    ),
  };
}

function readParameters(document: ContractDocument, nodes: readonly unknown[]): Operation["parameters"] {
  const byName = new Map<string, JsonObject>();
  for (const node of nodes) {
    const parameter = dereference(document.root, node);
    if (typeof parameter.name === "string") byName.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const places: Record<ParameterPlace, Parameter[]> = { path: [], query: [], header: [], cookie: [] };
  for (const parameter of byName.values()) {
    const place = places[parameter.in as ParameterPlace];
    place?.push(readParameter(document, String(parameter.name), parameter, "request"));
  }
  return places;
}

/** Reads a Parameter Object, or a Header Object, which is one without a name. */
function readParameter(
  document: ContractDocument,
  name: string,
  node: JsonObject,
  direction: Direction,
): Parameter {
  const [content] = Object.values(objectAt(node, "content"));
  const carrier = isJsonObject(content) ? content : node;
  return {
    name,
    required: node.required === true,
    deprecated: node.deprecated === true,
    ...(typeof node.style === "string" && { style: node.style }),
    ...(typeof node.explode === "boolean" && { explode: node.explode }),
    ...(carrier.schema !== undefined && { schema: new ContractSchema(document, carrier.schema, direction) }),
    examples: readExamples(document.root, carrier),
  };
}

function readExamples(root: JsonObject, carrier: JsonObject): Example[] {
  const named = Object.entries(objectAt(carrier, "examples")).map(([key, node]): Example => {
    const example = dereference(root, node);
    // OpenAPI 3.2 tells the value itself (dataValue) from how it travels (serializedValue).
    const value = example.value ?? example.dataValue ?? example.serializedValue;
    return "value" in example || value !== undefined ? { key, value } : { key };
  });
  if (named.length > 0) return named;
  return carrier.example === undefined ? [] : [{ key: "default", value: carrier.example }];
}

/** Reads the `content` of a Request Body or a Response Object. */
function readContents(document: ContractDocument, parent: JsonObject, direction: Direction): Content[] {
  return Object.entries(objectAt(parent, "content")).map(([mediaType, node]) => {
    const content = dereference(document.root, node);
    // OpenAPI 3.2 describes streams (JSON Lines, server-sent events) by their items.
    const items = content.itemSchema === undefined ? undefined : { type: "array", items: content.itemSchema };
    const schema = content.schema ?? items;
    return {
      mediaType,
      ...(schema !== undefined && { schema: new ContractSchema(document, schema, direction) }),
      examples: readExamples(document.root, content),
      encoding: objectAt(content, "encoding"),
    };
  });
}

function readResponse(document: ContractDocument, code: string, response: JsonObject): ResponseDescription {
  return {
    code,
    headers: Object.entries(objectAt(response, "headers")).map(([name, header]) =>
      readParameter(document, name, dereference(document.root, header), "response"),
    ),
    contents: readContents(document, response, "response"),
  };
}

function readSecurity(root: JsonObject, definition: JsonObject): SecurityScheme[][] {
  const requirements = Array.isArray(definition.security) ? definition.security : arrayAt(root, "security");
  const schemes = objectAt(objectAt(root, "components"), "securitySchemes");
  return requirements.filter(isJsonObject).map((requirement) =>
    Object.keys(requirement)
      .filter((name) => schemes[name] !== undefined)
      .map((name) => dereference(root, schemes[name])),
  );
}
