import type { JsonObject } from "../openapi/json.ts";
import { codeBlock, type Fills } from "./code.ts";
import { type DocumentReader, text } from "./document.ts";
import { examplesOf, isJson } from "./examples.ts";
import { type Content, type Html, html } from "./html.ts";
import { inlineMarkdown, markdown } from "./markdown.ts";
import { methodHtml } from "./menu.ts";
import type { DocsModel, DocsOperation } from "./model.ts";
import { schemaHtml, summaryOf, type Way } from "./schema.ts";
import { typeOf } from "./schema-type.ts";

/** An operation: what it takes, what it answers. */
export function operationHtml({ reader }: DocsModel, operation: DocsOperation, fills: Fills): Html {
  const { value, parameters, security, title, path, isWebhook } = operation;
  const description = text(value, "description");
  return html`<h1>${title}</h1>
<p class="address">${methodHtml(operation)} <code>${path}</code></p>
${operation.isDeprecated && html`<p class="deprecated">Deprecated.</p>`}
${description && markdown(description, { fills, topLevel: 3 })}
${securityHtml(security)}
${["path", "query", "querystring", "header", "cookie"].map((place) => {
  const own = parameters.filter((parameter) => parameter.in === place);
  return (
    own.length > 0 &&
    html`<h2 id="${place}">${placeTitles[place]}</h2>
    <ul class="fields">${own.map((parameter) => parameterHtml(reader, parameter))}</ul>`
  );
})}
${bodyHtml(reader, value, isWebhook ? "response" : "request")}
<h2 id="responses">Responses</h2>
${reader.entries(value.responses).map(([status, response]) => responseHtml(reader, status, response, fills))}`;
}

const placeTitles: Readonly<Record<string, string>> = {
  path: "Path",
  query: "Query",
  querystring: "Query string",
  header: "Headers",
  cookie: "Cookies",
};

function securityHtml(security: readonly JsonObject[]): Html {
  const ways = security.map((requirement) => {
    const schemes = Object.entries(requirement);
    if (schemes.length === 0) return html`no credentials`;
    return html`${schemes.map(
      ([name, scopes], at) =>
        html`${at > 0 && " and "}<code>${name}</code>${
          Array.isArray(scopes) &&
          scopes.length > 0 &&
          html` with the scope ${scopes.map((scope, nth) => html`${nth > 0 && " and "}<code>${String(scope)}</code>`)}`
        }`,
    )}`;
  });
  if (ways.length === 0) return html``;
  return html`<p class="security">Needs ${ways.map((way, at) => html`${at > 0 && ", or "}${way}`)}</p>`;
}

function parameterHtml(reader: DocumentReader, parameter: JsonObject): Html {
  const [content] = reader.entries(parameter.content);
  const schema = parameter.schema ?? content?.[1].schema;
  const description = text(parameter, "description");
  const { description: ofSchema, ...rest } = reader.object(schema);
  return html`<li><code class="name">${String(parameter.name)}</code> <span class="type">${typeOf(reader, schema)}</span>
    ${parameter.required === true && html`<span class="required">required</span>`}
    ${parameter.deprecated === true && html`<span class="deprecated">deprecated</span>`}
    ${summaryOf({ ...rest, description: description ?? ofSchema })}</li>`;
}

function bodyHtml(reader: DocumentReader, operation: JsonObject, way: Way): Content {
  if (operation.requestBody === undefined) return undefined;
  const body = reader.object(operation.requestBody);
  return html`<h2 id="body">Body</h2>
    <p class="muted">${Object.keys(reader.object(body.content)).map((type, at) => html`${at > 0 && " or "}<code>${type}</code>`)}${body.required === true && html` <span class="required">required</span>`}</p>
    ${text(body, "description") && html`<p>${inlineMarkdown(String(body.description))}</p>`}
    ${contentSchema(reader, body.content, way)}`;
}

function contentSchema(reader: DocumentReader, content: unknown, way: Way): Content {
  const all = reader.entries(content);
  const [, media] = all.find(([type]) => isJson(type)) ?? all[0] ?? [];
  const schema = media?.schema ?? media?.itemSchema;
  if (schema === undefined) return undefined;
  return html`${summaryOf(reader.object(schema))}${schemaHtml(reader, schema, way)}`;
}

function responseHtml(reader: DocumentReader, status: string, response: JsonObject, fills: Fills): Html {
  const headers = reader.entries(response.headers);
  const types = Object.keys(reader.object(response.content));
  const isSuccess = /^2/.test(status);
  return html`<details class="response" id="status-${status}"${isSuccess && html` open`}>
    <summary><code class="status ${isSuccess ? "good" : "bad"}">${status}</code> ${inlineMarkdown(text(response, "description") ?? "")}</summary>
    ${examplesOf(reader, response.content).map(
      ({ title, value, mediaType }) => html`<p class="muted">${title}</p>
      ${codeBlock(typeof value === "string" && !isJson(mediaType) ? value : JSON.stringify(value, null, 2), "json", fills)}`,
    )}
    ${types.length > 0 && html`<p class="muted">${types.map((type, at) => html`${at > 0 && " or "}<code>${type}</code>`)}</p>`}
    ${contentSchema(reader, response.content, "response")}
    ${headers.length > 0 && html`<details><summary>Headers</summary><ul class="fields">${headers.map(([name, header]) => parameterHtml(reader, { ...header, name }))}</ul></details>`}
  </details>`;
}
