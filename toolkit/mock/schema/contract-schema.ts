import type { ContractDocument } from "../document/document.ts";
import { type Direction, type JsonSchema, toJsonSchema } from "../document/json-schema.ts";
import { SchemaValidator } from "./validator.ts";

/** A schema in both forms we need: to hold values against and to make values from. */
export class ContractSchema {
  readonly #document: ContractDocument;
  readonly #source: unknown;
  readonly #direction: Direction;
  #json: JsonSchema | undefined;
  #generative: JsonSchema | undefined;
  #validator: SchemaValidator | undefined;

  constructor(document: ContractDocument, source: unknown, direction: Direction) {
    this.#document = document;
    this.#source = source;
    this.#direction = direction;
  }

  get json(): JsonSchema {
    this.#json ??= toJsonSchema(this.#document, this.#source, this.#direction);
    return this.#json;
  }

  /** The form that bodies are made from: each schema behind a `discriminator` carries its tag. */
  get generative(): JsonSchema {
    this.#generative ??= toJsonSchema(this.#document, this.#source, this.#direction, true);
    return this.#generative;
  }

  get validator(): SchemaValidator {
    this.#validator ??= new SchemaValidator(this.json);
    return this.#validator;
  }
}
