import fc from "fast-check";
import type { Content, JsonObject, Operation, Parameter, ParameterPlace } from "../../openapi/index.ts";
import { isForm, isJson } from "../../openapi/media-type.ts";
import { validValues } from "../values/arbitrary.ts";
import { asRead } from "../values/form-value.ts";
import { validatorOf } from "../values/validator.ts";
import type { Body, Parameters } from "./request-case.ts";
import { fitsHeader } from "./write.ts";

export const places = ["path", "query", "header", "cookie"] as const satisfies readonly ParameterPlace[];

/** Values for what a request consists of: the document's examples first, else made. */
export class Values {
  #seed: number;
  readonly #arbitraries = new WeakMap<object, fc.Arbitrary<unknown>>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Everything that must be there; the path's values are given where a resource has them. */
  parameters(operation: Operation, path: JsonObject): Parameters {
    const required = (place: ParameterPlace) =>
      Object.fromEntries(
        operation.parameters[place]
          .filter((parameter) => parameter.required && parameter.in !== "querystring")
          .map((parameter) => [parameter.name, path[parameter.name] ?? this.ofParameter(parameter)]),
      );
    return {
      path: { ...required("path"), ...path },
      query: required("query"),
      header: required("header"),
      cookie: required("cookie"),
    };
  }

  ofParameter(parameter: Parameter): unknown {
    if (isIdempotencyKey(parameter)) return this.idempotencyKey(parameter);
    return this.examplesOf(parameter)[0] ?? this.fresh(parameter);
  }

  /** Unlike any other: the same key means the same request. */
  idempotencyKey({ schema }: Parameter): string {
    const key = crypto.randomUUID();
    const quoted = `"${key}"`;
    if (schema === undefined || validatorOf(schema).accepts(quoted)) return quoted;
    return key;
  }

  examplesOf({ examples, schema }: Pick<Parameter, "examples" | "schema">): unknown[] {
    const values = examples.flatMap(({ value }) => (value === undefined ? [] : [value]));
    return schema === undefined ? values : values.filter((value) => validatorOf(schema).accepts(value));
  }

  /** Another value each time. */
  fresh(
    of: Pick<Parameter, "schema"> & { readonly in?: string },
    isTold = (value: unknown) =>
      of.in === "path" ? isPathValue(value) : of.in !== "header" || fitsHeader(value),
  ): unknown {
    if (of.schema === undefined) return "text";
    this.#seed += 1;
    const some = fc.sample(this.arbitrary(of.schema), { numRuns: 8, seed: this.#seed });
    return some.find((value) => isTold(value)) ?? some[0];
  }

  arbitrary(schema: NonNullable<Parameter["schema"]>): fc.Arbitrary<unknown> {
    const known = this.#arbitraries.get(schema) ?? validValues(schema.generative);
    this.#arbitraries.set(schema, known);
    return known;
  }

  /** A body in the operation's main media type; fresh ones differ each time. */
  body(operation: Operation, isFresh: boolean): Body | undefined {
    const content = mainContent(operation);
    if (content === undefined) return undefined;
    const { mediaType } = content;
    const example = this.examplesOf(content)[0];
    if (example !== undefined && !isFresh) return { mediaType, value: example };
    if (!isWritable(mediaType)) return { mediaType: concrete(mediaType), text: "text" };
    const { schema } = content;
    if (schema === undefined) return { mediaType, value: {} };
    const isTold = (value: unknown) =>
      validatorOf(schema).accepts(asRead(operation.document, content, value));
    return { mediaType, value: this.fresh(content, isTold) };
  }
}

/** JSON where there is some, for it says all that a schema can. */
export function mainContent({ method, requestBody }: Operation): Content | undefined {
  const contents = takesBody(method) ? (requestBody?.contents ?? []) : [];
  return (
    contents.find(({ mediaType }) => isJson(mediaType)) ??
    contents.find(({ mediaType }) => isWritable(mediaType)) ??
    contents[0]
  );
}

/** What `fetch` sends a body with. */
export function takesBody(method: string): boolean {
  return method !== "get" && method !== "head";
}

export function isWritable(mediaType: string): boolean {
  return !mediaType.includes("*") && (isJson(mediaType) || isForm(mediaType));
}

function concrete(mediaType: string): string {
  return mediaType.includes("*") ? "application/octet-stream" : mediaType;
}

export function isIdempotencyKey({ name, in: place }: Parameter): boolean {
  return place === "header" && name.toLowerCase() === "idempotency-key";
}

/** Servers and proxies resolve dots, and an empty segment is another path. */
function isPathValue(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    const members = Object.values(value);
    return members.length > 0 && members.every(isPathValue);
  }
  const text = String(value);
  return text !== "" && !/^\.+$|[/\\]/.test(text);
}
