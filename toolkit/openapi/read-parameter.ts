import type { ContractDocument } from "./document.ts";
import { checkFields, list, text } from "./fields.ts";
import { isObject } from "./json.ts";
import type { Parameter, ParameterPlace } from "./operation.ts";
import { readHeader } from "./read-content.ts";
import { dereference, elements, type Located } from "./reference.ts";
import { readableStyles } from "./style.ts";

const defaultStyle: Readonly<Record<string, string>> = {
  path: "simple",
  query: "form",
  header: "simple",
  cookie: "form",
  querystring: "form",
};

/** Header parameters of these names are ignored (OpenAPI 3.1.1 §4.8.12.2.1). */
const ignoredHeaders = new Set(["accept", "content-type", "authorization"]);

/** Reads the parameters of a path and of its operation; the operation's win. */
export function readParameters(
  document: ContractDocument,
  holders: readonly Located[],
): Record<ParameterPlace, Parameter[]> {
  const byKey = new Map<string, Parameter>();
  for (const holder of holders) {
    const seen = new Set<string>();
    for (const item of elements(list(document, holder, "parameters"))) {
      const parameter = readParameter(document, item);
      if (parameter === undefined) continue;
      const key = parameterKey(parameter);
      if (seen.has(key)) {
        document.report(
          parameter.pointer,
          `${parameter.pointer} declares the ${parameter.in} parameter "${parameter.name}" again: remove one.`,
        );
      }
      seen.add(key);
      byKey.set(key, parameter);
    }
  }
  const places: Record<ParameterPlace, Parameter[]> = { path: [], query: [], header: [], cookie: [] };
  for (const parameter of byKey.values()) {
    if (parameter.in === "header" && ignoredHeaders.has(parameter.name.toLowerCase())) continue;
    places[parameter.in === "querystring" ? "query" : parameter.in].push(parameter);
  }
  return places;
}

function readParameter(document: ContractDocument, item: Located): Parameter | undefined {
  const parameter = dereference(document, item);
  // One that leads nowhere has been told of.
  if (Object.keys(parameter.value).length === 0 && isObject(item.value) && "$ref" in item.value)
    return undefined;
  checkFields(document, parameter, "Parameter Object");
  const { pointer, value } = parameter;
  const name = text(document, parameter, "name");
  if (name === undefined) {
    document.report(pointer, `${pointer} has no "name": add it.`);
    return undefined;
  }
  const place = String(value.in);
  if (!Object.hasOwn(defaultStyle, place)) {
    document.report(pointer, `${pointer}/in must be path, query, header or cookie.`);
    return undefined;
  }
  const isRequired = value.required === true || place === "path";
  if (place === "path" && value.required !== true) {
    document.report(pointer, `${pointer} is a path parameter: it must say "required: true".`);
  }
  const header = readHeader(document, name, parameter, "request", defaultStyle[place]);
  const styles = readableStyles[place as ParameterPlace] ?? [];
  if (header.content === undefined && !styles.includes(header.style)) {
    document.report(
      pointer,
      `${pointer} cannot be read from a request: the style "${header.style}" is not for a ${place} parameter, which may be ${styles.join(", ")}.`,
    );
  }
  return {
    ...header,
    // What cannot be read is read as though nothing was said of its style.
    ...(styles.includes(header.style)
      ? {}
      : { style: defaultStyle[place] ?? "form", explode: place !== "path" }),
    required: isRequired,
    in: place as Parameter["in"],
    allowEmptyValue: place === "query" && value.allowEmptyValue === true,
  };
}

/** What tells parameters apart: their place and name. */
function parameterKey({ in: place, name }: Parameter): string {
  return `${place} ${place === "header" ? name.toLowerCase() : name}`;
}
