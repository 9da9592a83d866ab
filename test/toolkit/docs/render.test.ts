import { renderDocs } from "contract-first/docs";
import { expect, test } from "vitest";
import { documentWith, jsonBody } from "./document.ts";

/** The text of HTML, without its tags. */
function textOf(markup = ""): string {
  return markup
    .replace(/<[^>]*>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** What an operation's page shows for a language and an example. */
function sample(page = "", language: string, example = ""): string | undefined {
  const start = `data-language="${language}" data-example="${example}"`;
  const [, rest] = page.split(start);
  return rest === undefined ? undefined : textOf(/<code>([\s\S]*?)<\/code>/.exec(rest)?.[1]);
}

test("makes a page for each operation, each section of the description and each page of the guide", () => {
  const description = "First.\n\n## Paging\n\nBy cursor.\n\n```sh\n# no heading\n```\n\n## Errors\n\nMany.";
  const document = documentWith({}, { info: { title: "Tasks", version: "1", description } });
  const site = renderDocs(document, { guide: [{ name: "start", markdown: "# Begin here\n\nWords." }] });
  const pages = Object.keys(site).filter((name) => name.endsWith(".html"));
  expect(pages.sort()).toEqual(["change.html", "errors.html", "index.html", "paging.html", "start.html"]);
  expect(site["paging.html"]).toContain("By cursor.");
  expect(site["index.html"]).not.toContain("By cursor.");
});

test("skips no level of headings, whatever comments its code has", () => {
  const markdown = "## Begin here\n\n### Next\n\n```sh\n# a comment\n```\n\n#### Then";
  const site = renderDocs(documentWith({}), { guide: [{ name: "start", markdown }] });
  expect(
    [...(site["start.html"] ?? "").matchAll(/<(h\d) id="(next|then)"/g)].map(([, level]) => level),
  ).toEqual(["h2", "h3"]);
});

test("gives operations without an id, and with names that file systems confuse, pages of their own", () => {
  const operation = (operationId?: string) => ({ operationId, responses: {} });
  const paths = {
    "/a": { get: operation("Index"), put: operation("index"), delete: operation("repos/get content") },
    "/b/{id}": { get: operation() },
  };
  const pages = Object.keys(renderDocs(documentWith({}, { paths }))).filter((name) => name.endsWith(".html"));
  expect(pages.sort()).toEqual([
    "Index-2.html",
    "get-b-id.html",
    "index-3.html",
    "index.html",
    "repos-get-content.html",
  ]);
});

test("shows markup of a description as text, and makes no link that runs", () => {
  const description = [
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <b>bold</b> <b onclick=alert(1)>x</b>",
    "[run](javascript:alert(1)) [go](https://example.com) <a href='javascript:alert(1)'>y</a>",
    "`<script>`",
  ].join("\n\n");
  const site = renderDocs(
    documentWith({
      summary: "<script>alert(2)</script>",
      description,
      ...jsonBody({ properties: { "<i>": { description } } }),
    }),
  );
  const page = site["change.html"] ?? "";
  expect(page.match(/<script(?! src=)/g)).toBeNull();
  expect(page).not.toMatch(/<[^>]* on\w+=|href="javascript|<img src=x/);
  expect(page).toContain("<b>bold</b>");
  expect(page).toContain('<a href="https://example.com">go</a>');
  expect(site["index.html"]).not.toContain("<script>alert");
  expect(Object.entries(site).find(([name]) => name.startsWith("search-index"))?.[1]).not.toContain(
    "<script",
  );
});

test("shows curl and the typed client for each example of the body", () => {
  const examples = {
    open: { value: { state: "open" } },
    done: { summary: "It's done", value: { state: "done", "a-b": "it's" } },
  };
  const page = renderDocs(
    documentWith({
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" }, example: "a/b" }],
      ...jsonBody({ type: "object" }, examples),
    }),
  )["change.html"];
  expect(
    sample(page, "curl", "open"),
  ).toBe(`curl --fail-with-body --request POST "https://api.example.com/v1/tasks/a%2Fb" \\
  --header "Content-Type: application/json" \\
  --data '{
  "state": "open"
}'`);
  expect(sample(page, "curl", "done")).toContain(`"a-b": "it'\\''s"`);
  expect(sample(page, "Typed client", "done")).toContain('body: { state: "done", "a-b": "it\'s" }');
  expect(sample(page, "Typed client", "done")).toContain(
    'import { createClient, unwrap } from "contract-first/client"',
  );
  expect(page).toContain('<option value="done">It\'s done</option>');
});

test.each([
  [{ type: "http", scheme: "bearer" }, '--header "Authorization: Bearer $TOKEN"'],
  [{ type: "http", scheme: "basic" }, '--header "Authorization: Basic $CREDENTIALS"'],
  [{ type: "apiKey", in: "header", name: "X-Key" }, '--header "X-Key: $API_KEY"'],
  [{ type: "apiKey", in: "query", name: "key" }, "?key=$API_KEY"],
  [{ type: "apiKey", in: "cookie", name: "session" }, '--header "Cookie: session=$API_KEY"'],
])("shows the credential of %j", (scheme, expected) => {
  const document = documentWith(
    {},
    { security: [{ own: [] }], components: { securitySchemes: { own: scheme } } },
  );
  expect(sample(renderDocs(document)["change.html"], "curl")).toContain(expected);
});

test.each([
  ["application/x-www-form-urlencoded", "--data-urlencode 'state=open'"],
  ["multipart/form-data", "--form 'state=open'"],
])("shows a body of %s as curl sends it, and no call of a client that sends JSON", (type, expected) => {
  const requestBody = { content: { [type]: { example: { state: "open" } } } };
  const page = renderDocs(documentWith({ requestBody }))["change.html"];
  expect(sample(page, "curl", "example")).toContain(expected);
  expect(sample(page, "Typed client", "example")).toBeUndefined();
});

test("ends for schemas that hold themselves, whatever way they do it", () => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const schemas = {
    Tree: { type: "object", properties: { left: ref("Tree"), right: ref("Tree"), other: ref("Ring") } },
    Ring: { oneOf: [ref("Ring"), ref("Tree")] },
    List: { type: "array", items: ref("List") },
    All: { allOf: [ref("All"), ref("Tree")] },
    Self: ref("Self"),
  };
  const anyOf = Object.keys(schemas).map(ref);
  const page = renderDocs(documentWith(jsonBody({ anyOf }), { components: { schemas } }))["change.html"];
  expect(page).toContain("Tree, as above.");
});

test("tells which fields a request takes and which a response has, and what is asked of them", () => {
  const schema = {
    type: "object",
    required: ["name"],
    properties: {
      id: { type: "string", readOnly: true },
      name: { type: "string", minLength: 1, maxLength: 5, pattern: "^a" },
      password: { type: "string", writeOnly: true },
    },
  };
  const responses = { 200: { description: "Done", content: { "application/json": { schema } } } };
  const page = renderDocs(documentWith({ ...jsonBody(schema), responses }))["change.html"] ?? "";
  const [request = "", response = ""] = page
    .slice(page.indexOf('id="body"'), page.indexOf('class="aside"'))
    .split('id="responses"');
  expect(textOf(request)).toMatch(/name string\s+required[\s\S]*at least 1 characters, at most 5 characters/);
  expect(request).toContain("<code>^a</code>");
  expect(textOf(request)).not.toMatch(/\bid string/);
  expect(textOf(response)).not.toMatch(/password string/);
  expect(textOf(response)).toMatch(/\bid string/);
});

test("names the branches of a union by what tells them apart", () => {
  const branch = (type: string) => ({ type: "object", properties: { type: { const: type } } });
  const components = { schemas: { Cat: branch("cat"), Dog: branch("dog") } };
  const refs = Object.keys(components.schemas).map((name) => ({ $ref: `#/components/schemas/${name}` }));
  const page = renderDocs(
    documentWith(jsonBody({ oneOf: refs, discriminator: { propertyName: "type" } }), { components }),
  )["change.html"];
  expect(page).toContain("<summary><code>type: cat</code></summary>");
  expect(page).toContain("<summary><code>type: dog</code></summary>");
});

test("shows a webhook as what the server sends, without a sample", () => {
  const webhooks = { "task.done": { post: { summary: "A task is done", responses: {} } } };
  const page = renderDocs(documentWith({}, { webhooks }))["post-task.done.html"] ?? "";
  expect(page).toContain("EVENT");
  expect(page).not.toContain("curl --fail");
});
