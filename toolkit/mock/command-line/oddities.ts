import { arrayAt, isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";

const TYPES = new Set(["string", "number", "integer", "boolean", "array", "object", "null", "file"]);
const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);
/** Objects looked at: a document of many megabytes must not hold up the start. */
const MOST_LOOKED_AT = 100_000;

/** What can be mocked but looks like a slip of the pen, one sentence each, with its place. */
export function oddities(root: JsonObject): string[] {
  return [...unanswered(root), ...unknownTypes(root)];
}

function unanswered(root: JsonObject): string[] {
  return Object.entries(objectAt(root, "paths")).flatMap(([path, item]) =>
    Object.entries(isJsonObject(item) ? item : {})
      .filter(([method]) => METHODS.has(method))
      .filter(([, operation]) => isJsonObject(operation) && operation.$ref === undefined)
      .filter(([, operation]) => Object.keys(objectAt(operation as JsonObject, "responses")).length === 0)
      .map(
        ([method]) =>
          `${method.toUpperCase()} ${path} documents no response: it is answered 200 without a body.`,
      ),
  );
}

const IN_MAPS = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
const IN_ARRAYS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE = [
  "items",
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
];
/** Members of OpenAPI's objects that hold values, in which everything is only data. */
const VALUES = new Set(["example", "examples", "default", "enum", "const", "value", "mapping"]);

function unknownTypes(root: JsonObject): string[] {
  const found: string[] = [];
  let looked = 0;
  const pending: { node: unknown; at: string; isSchema: boolean }[] = [
    { node: root, at: "#", isSchema: false },
  ];
  const seen = new Set<unknown>();
  for (let next = pending.pop(); next && looked < MOST_LOOKED_AT; next = pending.pop()) {
    const { node, at, isSchema } = next;
    if (typeof node !== "object" || node === null || seen.has(node)) continue;
    seen.add(node);
    looked += 1;
    const add = (child: unknown, name: string, schema: boolean) =>
      pending.push({
        node: child,
        at: `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        isSchema: schema,
      });
    if (isSchema && isJsonObject(node)) {
      for (const type of [node.type].flat())
        if (typeof type === "string" && !TYPES.has(type))
          found.push(
            `${at}: there is no type "${type}"; one of ${[...TYPES].slice(0, 7).join(", ")} is meant.`,
          );
      for (const keyword of SINGLE) add(node[keyword], keyword, true);
      for (const keyword of IN_ARRAYS)
        for (const [index, child] of arrayAt(node, keyword).entries())
          add(child, `${keyword}/${index}`, true);
      for (const keyword of IN_MAPS)
        for (const [name, child] of Object.entries(objectAt(node, keyword)))
          add(child, `${keyword}/${name}`, true);
      continue;
    }
    // The response "default" is none.
    const isResponses = at.endsWith("/responses");
    const isSchemas = at === "#/components/schemas" || at === "#/definitions";
    for (const [name, child] of Object.entries(node))
      if (isSchemas || isResponses || !VALUES.has(name))
        add(child, name, isSchemas || name === "schema" || name === "itemSchema");
  }
  return found;
}
