import type { Located } from "./reference.ts";

export type ParameterPlace = "path" | "query" | "header" | "cookie";

export interface Parameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly style: string;
  readonly explode: boolean;
  readonly description: string | undefined;
  readonly schema: Located;
  /** The parameter is a document of this media type (`content`) and not of a style. */
  readonly mediaType: string | undefined;
  readonly pointer: string;
}

export interface RequestBody {
  readonly required: boolean;
  /** By media type or range; without a schema anything goes. */
  readonly content: ReadonlyMap<string, Located | undefined>;
  readonly pointer: string;
}

export interface ResponseHeader {
  /** As the contract spells it. */
  readonly name: string;
  readonly required: boolean;
  readonly schema: Located;
}

export interface Response {
  readonly headers: readonly ResponseHeader[];
  readonly content: ReadonlyMap<string, Located | undefined>;
  readonly pointer: string;
}

/** Scopes by the name of the security scheme; all must hold. Empty: anonymous callers are let in. */
export type SecurityRequirement = ReadonlyMap<string, readonly string[]>;

export interface Operation {
  readonly id: string;
  /** Upper-case, as on the wire. */
  readonly method: string;
  /** The path template, without the servers' base path. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody: RequestBody | undefined;
  /** By `200`, `4XX`, `default`. */
  readonly responses: ReadonlyMap<string, Response>;
  /** Alternatives, in the contract's order; none: anonymous callers are let in. */
  readonly security: readonly SecurityRequirement[];
  readonly pointer: string;
}
