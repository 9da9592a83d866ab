/** A document with one operation, to which a test adds what it is about. */
export function documentWith(operation: object, others: object = {}) {
  return {
    openapi: "3.1.0",
    info: { title: "Tasks", version: "1", description: "What is to do." },
    servers: [{ url: "https://api.example.com/{version}", variables: { version: { default: "v1" } } }],
    paths: {
      "/tasks/{id}": {
        post: { operationId: "change", summary: "Change a task", responses: {}, ...operation },
      },
    },
    ...others,
  };
}

export function jsonBody(schema: object, examples?: object) {
  return { requestBody: { content: { "application/json": { schema, ...(examples && { examples }) } } } };
}
