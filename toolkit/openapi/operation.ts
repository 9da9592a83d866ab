import type { ContractDocument } from "./document.ts";
import type { JsonObject } from "./json.ts";
import type { Located } from "./reference.ts";
import type { ContractSchema } from "./schema.ts";

/** A named example. External and broken ones have no value: the schema is sampled in their place. */
export interface Example {
  readonly key: string;
  readonly value?: unknown;
}

/** How one property travels in a form or in a part of multipart (Encoding Object). */
export interface Encoding {
  readonly contentType: string | undefined;
  readonly style: string | undefined;
  readonly explode: boolean | undefined;
  readonly headers: readonly Header[];
}

/** A body in one media type (Media Type Object). */
export interface Content {
  /** Exactly as the document writes it, parameters included; it may be a range (`text/*`). */
  readonly mediaType: string;
  /** Of the whole body. OpenAPI 3.2's `itemSchema` is the `items` of a list. */
  readonly schema?: ContractSchema;
  /** OpenAPI 3.2: of each item of a stream. */
  readonly itemSchema?: ContractSchema;
  readonly examples: readonly Example[];
  /** By the name of the property. */
  readonly encoding: Readonly<Record<string, Encoding>>;
  readonly pointer: string;
}

export type ParameterPlace = "path" | "query" | "header" | "cookie";

/** A response header (Header Object), or what a parameter has in common with one. */
export interface Header {
  /** As the document spells it. */
  readonly name: string;
  readonly required: boolean;
  readonly deprecated: boolean;
  readonly description: string | undefined;
  /** `matrix`, `label`, `simple`, `form`, `spaceDelimited`, `pipeDelimited`, `deepObject` or `cookie`. */
  readonly style: string;
  readonly explode: boolean;
  readonly schema?: ContractSchema;
  /** The value is a document of this media type, whatever its style. */
  readonly content?: Content;
  readonly examples: readonly Example[];
  readonly pointer: string;
}

export interface Parameter extends Header {
  /** `querystring` (OpenAPI 3.2): the whole query, as a document of its media type. */
  readonly in: ParameterPlace | "querystring";
  readonly allowEmptyValue: boolean;
}

export interface RequestBody {
  readonly required: boolean;
  readonly contents: readonly Content[];
  readonly pointer: string;
}

/** A Link Object: how a response leads to another operation. */
export interface Link {
  readonly name: string;
  readonly operationId: string | undefined;
  /** A pointer to an operation. */
  readonly operationRef: string | undefined;
  /** Values and runtime expressions, by the parameter they are for. */
  readonly parameters: JsonObject;
  readonly requestBody: unknown;
}

export interface ResponseDescription {
  /** `200`, `2XX` or `default`. */
  readonly code: string;
  readonly headers: readonly Header[];
  readonly contents: readonly Content[];
  readonly links: readonly Link[];
  readonly pointer: string;
}

/** A security scheme that must hold. */
export interface RequiredScheme {
  readonly name: string;
  /** The scopes or roles that the operation asks for. */
  readonly scopes: readonly string[];
  /** As it stands in `components.securitySchemes`; undefined where it does not. */
  readonly scheme: JsonObject | undefined;
}

/** All of them must hold. Empty: anonymous callers are let in. */
export type SecurityRequirement = readonly RequiredScheme[];

/** Operations that are sent to a URL that an exchange names (Callback Object). */
export interface Callback {
  readonly name: string;
  /** A runtime expression (OpenAPI 3.1.1 §4.8.20.4). */
  readonly expression: string;
  readonly item: Located<JsonObject>;
}

/** One operation of a document, its references followed. */
export interface Operation {
  readonly document: ContractDocument;
  /** In lower case. */
  readonly method: string;
  /** The path template, without the servers' base path; a webhook's name, a callback's expression. */
  readonly path: string;
  readonly operationId?: string;
  /** The operationId, else method and path: `GET /pets`. */
  readonly id: string;
  readonly deprecated: boolean;
  /** Those of the path and of the operation; the operation's win. `query` has those in `querystring`, too. */
  readonly parameters: Readonly<Record<ParameterPlace, readonly Parameter[]>>;
  readonly requestBody?: RequestBody;
  readonly responses: readonly ResponseDescription[];
  /** Whether some content has several examples, so that the request decides between them. */
  readonly choosesByRequest: boolean;
  /** Any of these, each of them whole. Empty: no credentials needed. */
  readonly security: readonly SecurityRequirement[];
  readonly callbacks: readonly Callback[];
  readonly pointer: string;
}
