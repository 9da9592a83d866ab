import { type ContractSchema, isObject, type Operation, type Parameter } from "../../openapi/index.ts";
import { isForm, isJson } from "../../openapi/media-type.ts";
import { readText } from "../checks/text-value.ts";
import {
  isIdempotencyKey,
  isWritable,
  mainContent,
  places,
  takesBody,
  type Values,
} from "../request/build.ts";
import type { Body, Intent, Parameters } from "../request/request-case.ts";
import { fitsHeader } from "../request/write.ts";
import { type Boundary, boundaries } from "../values/boundaries.ts";
import { asRead } from "../values/form-value.ts";
import { hostileValues } from "../values/hostile.ts";
import { Schemas, typesOf } from "../values/merge.ts";
import { validatorOf } from "../values/validator.ts";

/** What differs from the operation's plainest request. */
export interface Variation {
  readonly intent: Intent;
  /** Changes what there would otherwise be. */
  readonly apply: (plain: { parameters: Parameters; body: Body | undefined }) => {
    parameters: Parameters;
    body: Body | undefined;
  };
  /** Whether the path does not lead to what the run has made. */
  readonly changesPath?: boolean;
}

/** Every constraint of an operation at its edge and beyond, one at a time. */
export function boundaryVariations(operation: Operation, values: Values): Variation[] {
  return [
    ...places.flatMap((place) =>
      operation.parameters[place].flatMap((parameter) => ofParameter(parameter, values)),
    ),
    ...ofBody(operation, values),
  ];
}

function ofParameter(parameter: Parameter, values: Values): Variation[] {
  const { name, in: place, required, schema } = parameter;
  if (place === "querystring" || schema === undefined || parameter.content !== undefined) return [];
  const set =
    (value: unknown): Variation["apply"] =>
    ({ parameters, body }) => ({
      parameters: { ...parameters, [place]: { ...parameters[place], [name]: value } },
      body,
    });
  const found: Variation[] = [];
  const where = `${place} parameter ${name}`;
  if (required && place !== "path") {
    found.push({
      intent: { kind: "broken", what: `${where} required` },
      apply: ({ parameters, body }) => {
        const { [name]: _left, ...others } = parameters[place];
        return { parameters: { ...parameters, [place]: others }, body };
      },
    });
  }
  const validator = validatorOf(schema);
  for (const boundary of boundaries(schema.generative, validator, values.examplesOf(parameter))) {
    if (!survivesText(boundary, parameter)) continue;
    // A thing that is not there is another matter than a value that is not allowed.
    if (place === "path" && boundary.isValid) continue;
    if (isIdempotencyKey(parameter) && boundary.isValid) continue;
    found.push({
      intent: boundary.isValid
        ? { kind: "valid" }
        : { kind: "broken", what: `${where}${boundary.place} ${label(boundary)}` },
      apply: set(boundary.value),
      ...(place === "path" && { changesPath: true }),
    });
  }
  if (place === "query" || place === "path")
    for (const value of hostileValues(schema, "text"))
      found.push({
        intent: { kind: "hostile", what: `${where} ${JSON.stringify(value).slice(0, 30)}` },
        apply: set(value),
        ...(place === "path" && { changesPath: true }),
      });
  return found;
}

function label({ what, place }: Boundary): string {
  return what.slice((place || "the value").length + 1);
}

/** Whether a value is the same once it was text: `1` and `"1"` are not told apart, and an empty list is not there. */
function survivesText({ value, isValid }: Boundary, parameter: Parameter): boolean {
  const { in: place, schema } = parameter;
  if (schema === undefined || value === undefined) return false;
  if (typeof value === "object" && value !== null) return isValid && Object.keys(value).length > 0;
  // How a plain text is read for a list or an object, their styles leave open.
  if (!isValid && takesParts(schema)) return false;
  const text = value === null ? "" : String(value);
  if (text === "" && (place === "path" || place === "header" || value === null)) return false;
  if (place === "path" && /^\.+$|[/\\\0]/.test(text)) return false;
  if (place === "header" && !fitsHeader(value)) return false;
  if (place === "cookie" && !/^[\w-]+$/.test(text)) return false;
  return validatorOf(schema).accepts(readText(text, schema.json)) === isValid;
}

function takesParts(schema: ContractSchema): boolean {
  const schemas = new Schemas(schema.json);
  const types = schemas.alternatives(schemas.flatten(schema.json) ?? {}).flatMap(typesOf);
  return types.includes("object") || types.includes("array");
}

function ofBody(operation: Operation, values: Values): Variation[] {
  const { requestBody } = operation;
  if (requestBody === undefined || !takesBody(operation.method)) return [];
  const found: Variation[] = [];
  const replace =
    (body: Body | undefined): Variation["apply"] =>
    ({ parameters }) => ({ parameters, body });
  if (requestBody.required)
    found.push({ intent: { kind: "broken", what: "body required" }, apply: replace(undefined) });
  const content = mainContent(operation);
  if (content === undefined || !isWritable(content.mediaType)) return found;
  const { mediaType, schema } = content;
  if (isJson(mediaType))
    found.push({
      intent: { kind: "broken", what: "body well-formed" },
      apply: replace({ mediaType, text: '{"a":' }),
    });
  if (!requestBody.contents.some((each) => each.mediaType.includes("*")))
    found.push({
      intent: { kind: "broken", what: "media type" },
      apply: replace({ mediaType: "application/x-undeclared", text: "text" }),
    });
  if (schema === undefined) return found;
  const validator = validatorOf(schema);
  for (const boundary of boundaries(schema.generative, validator, values.examplesOf(content))) {
    if (boundary.value === undefined) continue;
    // Of what is text on the way not everything is another value.
    if (isForm(mediaType) && !isObject(boundary.value)) continue;
    if (validator.accepts(asRead(operation.document, content, boundary.value)) !== boundary.isValid) continue;
    found.push({
      intent: boundary.isValid ? { kind: "valid" } : { kind: "broken", what: `body ${boundary.what}` },
      apply: replace({ mediaType, value: boundary.value }),
    });
  }
  if (!isJson(mediaType)) return found;
  const base = values.examplesOf(content)[0] ?? values.fresh(content);
  for (const { value, what } of hostileBodies(base, schema))
    found.push({ intent: { kind: "hostile", what: `body ${what}` }, apply: replace({ mediaType, value }) });
  return found;
}

function hostileBodies(
  base: unknown,
  schema: NonNullable<Parameter["schema"]>,
): { value: unknown; what: string }[] {
  if (typeof base !== "object" || base === null || Array.isArray(base)) return [];
  const validator = validatorOf(schema);
  const strings = Object.entries(base).filter(([, value]) => typeof value === "string");
  return strings.flatMap(([name]) =>
    hostileValues(undefined, "json").flatMap((text) => {
      const value = { ...base, [name]: text };
      return validator.accepts(value)
        ? [{ value, what: `/${name} ${JSON.stringify(text).slice(0, 30)}` }]
        : [];
    }),
  );
}
