import { readContent } from "./content-object.ts";
import { ContractSetupError } from "./errors.ts";
import { checkFields, requiredField } from "./fields.ts";
import type { Parameter, ParameterPlace } from "./operation.ts";
import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asString, dereference, member, members } from "./reference.ts";

const defaultStyle = { path: "simple", query: "form", header: "simple", cookie: "form" } as const;

/** Header parameters of these names are ignored (OpenAPI 3.1.1 §4.8.12.2.1). */
const ignoredHeaders = new Set(["accept", "content-type", "authorization"]);

/** Reads a list of Parameter Objects. */
export function readParameters(document: OpenApiDocument, list: Located | undefined): Parameter[] {
  if (list === undefined) return [];
  const parameters = members(asArray(list)).map(([, item]) => readParameter(document, item));
  const seen = new Set<string>();
  for (const parameter of parameters) {
    const key = parameterKey(parameter);
    if (seen.has(key)) {
      throw new ContractSetupError(
        `${parameter.pointer} declares the ${parameter.in} parameter "${parameter.name}" again: remove one.`,
      );
    }
    seen.add(key);
  }
  return parameters.filter(
    ({ in: place, name }) => place !== "header" || !ignoredHeaders.has(name.toLowerCase()),
  );
}

function readParameter(document: OpenApiDocument, item: Located): Parameter {
  const parameter = dereference(document, item);
  checkFields(parameter, "Parameter Object");
  const place = asString(requiredField(parameter, "in"));
  if (!Object.hasOwn(defaultStyle, place)) {
    throw new ContractSetupError(`${parameter.pointer}/in must be path, query, header or cookie.`);
  }
  const isRequired = parameter.value.required === true;
  if (place === "path" && !isRequired) {
    throw new ContractSetupError(`${parameter.pointer} is a path parameter: it must say "required: true".`);
  }
  const style = asString(
    member(parameter, "style") ?? { value: defaultStyle[place as ParameterPlace], pointer: "" },
  );
  return {
    name: asString(requiredField(parameter, "name")),
    in: place as ParameterPlace,
    required: isRequired,
    style,
    explode: typeof parameter.value.explode === "boolean" ? parameter.value.explode : style === "form",
    description: typeof parameter.value.description === "string" ? parameter.value.description : undefined,
    ...readSchemaOrContent(document, parameter),
    pointer: parameter.pointer,
  };
}

/** A parameter or header has either a `schema` or a `content` with one media type. */
export function readSchemaOrContent(document: OpenApiDocument, parameter: Located<JsonObject>) {
  const schema = member(parameter, "schema");
  const content = member(parameter, "content");
  if ((schema === undefined) === (content === undefined)) {
    throw new ContractSetupError(`${parameter.pointer} must have either a schema or a content.`);
  }
  if (content === undefined) return { schema: schema as Located, mediaType: undefined };
  const [entry, ...others] = readContent(document, content);
  if (entry === undefined || others.length > 0 || entry[1] === undefined) {
    throw new ContractSetupError(`${content.pointer} must have one media type, with a schema.`);
  }
  return { schema: entry[1], mediaType: entry[0] };
}

/** What tells parameters apart: their place and name. */
export function parameterKey(parameter: Parameter): string {
  const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
  return `${parameter.in} ${name}`;
}
