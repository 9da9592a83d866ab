/** One operation with something of everything that a change can break, all of it in place. */
// biome-ignore lint/suspicious/noExplicitAny: a mutation may take away what the type says is there
function operation(): any {
  return {
    post: {
      operationId: "createThing",
      deprecated: false,
      security: [{ bearerAuth: ["write"] }],
      parameters: [
        { name: "id", in: "path", required: true, schema: { type: "string" } },
        { name: "sort", in: "query", required: false, schema: { type: "string", enum: ["asc", "desc"] } },
        { name: "X-Trace", in: "header", required: false, schema: { type: "string", maxLength: 64 } },
      ],
      requestBody: {
        required: false,
        content: {
          "application/json": {
            schema: {
              type: "object",
              required: ["name"],
              properties: {
                name: { type: "string", minLength: 1, maxLength: 100 },
                size: { type: "integer", minimum: 0, maximum: 10 },
                colour: { type: "string", enum: ["red", "green"] },
                tags: { type: "array", maxItems: 5, items: { type: "string" } },
              },
            },
          },
          "application/x-www-form-urlencoded": { schema: { type: "object" } },
        },
      },
      responses: {
        201: {
          description: "Created.",
          headers: { Location: { required: true, schema: { type: "string" } } },
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["id", "state"],
                properties: {
                  id: { type: "string" },
                  state: { type: "string", enum: ["new", "used"] },
                  note: { type: "string" },
                },
              },
            },
            "text/plain": { schema: { type: "string" } },
          },
        },
        404: { description: "There is no such thing." },
      },
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a mutation may take away what the type says is there
type Item = any;
type Mutation = (item: Item) => void;

const requestOf = (item: Item) => item.post.requestBody.content["application/json"].schema;
const answerOf = (item: Item) => item.post.responses[201].content["application/json"].schema;

export const breaking: Readonly<Record<string, Mutation>> = {
  "an operation is removed": (item) => {
    delete item.post;
  },
  "a status is removed": (item) => {
    delete item.post.responses[404];
  },
  "a media type of an answer is removed": (item) => {
    delete item.post.responses[201].content["text/plain"];
  },
  "a media type of the request is removed": (item) => {
    delete item.post.requestBody.content["application/x-www-form-urlencoded"];
  },
  "a header of an answer is removed": (item) => {
    delete item.post.responses[201].headers.Location;
  },
  "a property of an answer is removed": (item) => {
    delete answerOf(item).properties.note;
  },
  "a property of an answer is renamed": (item) => {
    const { note, ...others } = answerOf(item).properties;
    answerOf(item).properties = { ...others, remark: note };
  },
  "a property of an answer is not required any more": (item) => {
    answerOf(item).required = ["id"];
  },
  "the type of an answer's property changes": (item) => {
    answerOf(item).properties.id.type = "integer";
  },
  "the request needs one more property": (item) => {
    requestOf(item).required.push("size");
  },
  "the type of the request's property changes": (item) => {
    requestOf(item).properties.size.type = "string";
  },
  "a value of the request's enum is removed": (item) => {
    requestOf(item).properties.colour.enum = ["red"];
  },
  "the request's maxLength gets smaller": (item) => {
    requestOf(item).properties.name.maxLength = 50;
  },
  "the request's minLength gets larger": (item) => {
    requestOf(item).properties.name.minLength = 2;
  },
  "the request's maximum gets smaller": (item) => {
    requestOf(item).properties.size.maximum = 9;
  },
  "the request's maxItems gets smaller": (item) => {
    requestOf(item).properties.tags.maxItems = 4;
  },
  "a body becomes required": (item) => {
    item.post.requestBody.required = true;
  },
  "a required parameter is added": (item) => {
    item.post.parameters.push({ name: "tenant", in: "query", required: true, schema: { type: "string" } });
  },
  "a parameter becomes required": (item) => {
    item.post.parameters[1].required = true;
  },
  "a parameter is removed": (item) => {
    item.post.parameters.splice(2, 1);
  },
  "a value of a parameter's enum is removed": (item) => {
    item.post.parameters[1].schema.enum = ["asc"];
  },
  "another scope is asked for": (item) => {
    item.post.security = [{ bearerAuth: ["write", "admin"] }];
  },
};

export const compatible: Readonly<Record<string, Mutation>> = {
  "an operation is added": (item) => {
    item.get = { operationId: "getThing", responses: { 204: { description: "There it is." } } };
  },
  "a status is added": (item) => {
    item.post.responses[429] = { description: "Too many." };
  },
  "an optional property of the request is added": (item) => {
    requestOf(item).properties.weight = { type: "number" };
  },
  "a property of an answer is added": (item) => {
    answerOf(item).properties.weight = { type: "number" };
  },
  "a property of an answer becomes required": (item) => {
    answerOf(item).required.push("note");
  },
  "an optional parameter is added": (item) => {
    item.post.parameters.push({ name: "tenant", in: "query", required: false, schema: { type: "string" } });
  },
  "the request's maxLength gets larger": (item) => {
    requestOf(item).properties.name.maxLength = 200;
  },
  "a value of the request's enum is added": (item) => {
    requestOf(item).properties.colour.enum.push("blue");
  },
  "a property of the request is not required any more": (item) => {
    requestOf(item).required = [];
  },
  "a media type of the request is added": (item) => {
    item.post.requestBody.content["application/cbor"] = { schema: { type: "object" } };
  },
  "a header of an answer is added": (item) => {
    item.post.responses[201].headers.ETag = { schema: { type: "string" } };
  },
  "a description changes": (item) => {
    item.post.responses[404].description = "No such thing is known.";
  },
};

/** The path of a mutation's own operation: what is told of it is that mutation's. */
export function pathOf(name: string): string {
  return `/${name.replaceAll(/\W+/g, "-")}/{id}`;
}

/** A document with an operation for each mutation, mutated or not. */
export function documentOf(
  mutations: Readonly<Record<string, Mutation>>,
  isMutated: boolean,
  version = "1.0.0",
) {
  const paths: Record<string, unknown> = {};
  for (const [name, mutate] of Object.entries(mutations)) {
    const item = operation();
    item.post.operationId = name;
    if (isMutated) mutate(item);
    paths[pathOf(name)] = item;
  }
  return {
    openapi: "3.1.0",
    info: { title: "Things", version },
    components: { securitySchemes: { bearerAuth: { type: "http", scheme: "bearer" } } },
    paths,
  };
}
