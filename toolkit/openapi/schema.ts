import type { Direction } from "./direction.ts";
import type { ContractDocument } from "./document.ts";
import type { JsonObject } from "./json.ts";
import type { Located } from "./reference.ts";
import {
  alone,
  type Context,
  contextKey,
  type DialectOptions,
  type JsonSchema,
  SchemaDialect,
} from "./schema-dialect.ts";

/** A schema of a document, for one direction, where it stands and as JSON Schema that stands alone. */
export class ContractSchema implements Located {
  readonly document: ContractDocument;
  readonly value: unknown;
  readonly pointer: string;
  readonly direction: Direction;
  #json: JsonSchema | undefined;
  #generative: JsonSchema | undefined;

  constructor(document: ContractDocument, { value, pointer }: Located, direction: Direction) {
    this.document = document;
    this.value = value;
    this.pointer = pointer;
    this.direction = direction;
  }

  /** JSON Schema 2020-12 to hold values against. Properties that do not belong in the direction are only marked. */
  get json(): JsonSchema {
    this.#json ??= this.#standalone({ forbidden: "mark", discriminator: "as written" });
    return this.#json;
  }

  /** The form that values are made from: each schema behind a `discriminator` carries its tag. */
  get generative(): JsonSchema {
    this.#generative ??= this.#standalone({ forbidden: "leave out", discriminator: "tag" });
    return this.#generative;
  }

  #standalone(options: Pick<DialectOptions, "forbidden" | "discriminator">): JsonSchema {
    const { document, direction } = this;
    const names = new Map<string, string>();
    const pending: { name: string; referenced: Located; context: Context }[] = [];
    const dialect = new SchemaDialect({
      ...options,
      document,
      direction,
      keepsAnnotations: true,
      identify(referenced, context) {
        const key = contextKey(referenced, context);
        let name = names.get(key);
        if (name === undefined) {
          name = `d${names.size}`;
          names.set(key, name);
          pending.push({ name, referenced, context });
        }
        return `#/$defs/${name}`;
      },
    });
    const root = dialect.rewrite(this, alone);
    const definitions: JsonObject = {};
    for (let next = pending.pop(); next; next = pending.pop()) {
      definitions[next.name] = dialect.rewrite(next.referenced, next.context);
    }
    return names.size === 0 || typeof root === "boolean" ? root : { ...root, $defs: definitions };
  }
}
