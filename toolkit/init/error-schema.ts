import type { ErrorAnswers } from "../fastify/index.ts";
import { validatorOf } from "../mock/schema/validator.ts";
import type { Content } from "../openapi/index.ts";
import { isObject, type JsonObject } from "../openapi/json.ts";
import { isJson } from "../openapi/media-type.ts";
import type { Project } from "./project.ts";

/** What stands in a property of an error, by its name and its type, as an expression over what is told. */
const expressions: readonly (readonly [name: RegExp, type: string, expression: string, sample: unknown])[] = [
  [/^(?:status|status_?code|http_?status|code)$/i, "integer", "status", 404],
  [/^(?:status|status_?code|http_?status|code)$/i, "number", "status", 404],
  [
    /^(?:detail|message|msg|description|error_?description|error_?message|reason)$/i,
    "string",
    "detail",
    "A reason.",
  ],
  [/^(?:title|error|name|code|status)$/i, "string", "title", "Not Found"],
  [/^type$/i, "string", '"about:blank"', "about:blank"],
];

/** The file that answers errors: in the schema that most of the contract's errors have, else by RFC 9457. */
export function errorAnswers(project: Project): string {
  const own = ownForm(project);
  const uses = ["status", "title", "detail"].filter((name) =>
    own?.members.some(({ expression }) => expression === name),
  );
  const members = own?.members.map(({ name, expression }) => `${JSON.stringify(name)}: ${expression}`);
  const options =
    own === undefined
      ? ""
      : `, {
    contentType: ${JSON.stringify(own.contentType)},
    body: ({ ${uses.join(", ")} }) => ({ ${members?.join(", ")} }),
  }`;
  return `import { registerErrorAnswers } from "contract-first/fastify";
import type { FastifyInstance } from "fastify";

/** Answers all errors ${own === undefined ? "as Problem Details (RFC 9457)" : "in the contract's own schema"}. */
export function answerErrors(app: FastifyInstance): void {
  registerErrorAnswers(app${options});
}
`;
}

/** The same answers, given instead of written down. */
export function errorOptions(project: Project): ErrorAnswers {
  const own = ownForm(project);
  if (own === undefined) return {};
  return {
    contentType: own.contentType,
    body: (told) =>
      Object.fromEntries(
        own.members.map(({ name, expression }) => [
          name,
          expression in told ? told[expression as keyof typeof told] : "about:blank",
        ]),
      ),
  };
}

/** How the contract's own errors look; undefined where it has none that can be filled in, or those of RFC 9457. */
function ownForm({ groups }: Project) {
  const counts = new Map<unknown, { readonly content: Content; count: number }>();
  const responses = groups.flatMap(({ operations }) =>
    operations.flatMap((operation) => operation.responses),
  );
  for (const { code, contents } of responses) {
    if (!/^4|^default$/i.test(code)) continue;
    const content = contents.find(({ mediaType }) => isJson(mediaType));
    if (content?.schema === undefined) continue;
    const known = counts.get(content.schema.pointer) ?? { content, count: 0 };
    known.count += 1;
    counts.set(content.schema.pointer, known);
  }
  const [most] = [...counts.values()].sort((one, other) => other.count - one.count);
  const schema = most?.content.schema;
  if (most === undefined || schema === undefined) return undefined;
  const { mediaType: contentType } = most.content;
  const problem = { type: "about:blank", status: 404, title: "Not Found", detail: "A reason." };
  if (/problem\+json/i.test(contentType) && validatorOf(schema).accepts(problem)) return undefined;
  const { properties, required = [] } = flatten(schema.document.at.bind(schema.document), schema.value);
  const members = Object.entries(isObject(properties) ? properties : {}).flatMap(([name, property]) => {
    const { type } = isObject(property) ? property : {};
    const found = expressions.find(([pattern, is]) => pattern.test(name) && [type].flat().includes(is));
    return found === undefined ? [] : [{ name, expression: found[2], sample: found[3] }];
  });
  const sample = Object.fromEntries(members.map((member) => [member.name, member.sample]));
  const isWhole = (required as string[]).every((name) => Object.hasOwn(sample, name));
  if (members.length === 0 || !isWhole || !validatorOf(schema).accepts(sample)) return undefined;
  return { contentType, members };
}

function flatten(
  at: (pointer: string) => { value: unknown } | undefined,
  value: unknown,
  depth = 0,
): JsonObject {
  if (!isObject(value) || depth > 8) return {};
  if (typeof value.$ref === "string") return flatten(at, at(value.$ref)?.value, depth + 1);
  const parts = (Array.isArray(value.allOf) ? value.allOf : []).map((part) => flatten(at, part, depth + 1));
  return [...parts, value].reduce<JsonObject>(
    (all, part) => ({
      properties: { ...(all.properties as object), ...(part.properties as object) },
      required: [...((all.required as unknown[]) ?? []), ...((part.required as unknown[]) ?? [])],
    }),
    {},
  );
}
