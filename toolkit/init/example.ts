const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

/** A small contract to begin with: what most APIs have, each once. */
export const exampleContract = {
  openapi: "3.1.1",
  info: {
    title: "Tasks",
    version: "1.0.0",
    description: "Things to do, and whether they are done.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "http://127.0.0.1:8080/v1" }],
  tags: [{ name: "Tasks", description: "What there is to do." }],
  security: [{ bearerAuth: [] }],
  paths: {
    "/tasks": {
      get: {
        operationId: "listTasks",
        summary: "List tasks",
        tags: ["Tasks"],
        responses: {
          200: {
            description: "The tasks.",
            content: {
              "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Task" } } },
            },
          },
          401: { $ref: "#/components/responses/Unauthorized" },
        },
      },
      post: {
        operationId: "createTask",
        summary: "Create a task",
        tags: ["Tasks"],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/NewTask" } } },
        },
        responses: {
          201: {
            description: "The task.",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Task" } } },
          },
          400: { $ref: "#/components/responses/BadRequest" },
          401: { $ref: "#/components/responses/Unauthorized" },
          415: { $ref: "#/components/responses/UnsupportedMediaType" },
        },
      },
    },
    "/tasks/{taskId}": {
      parameters: [{ $ref: "#/components/parameters/TaskId" }],
      get: {
        operationId: "getTask",
        summary: "Get a task",
        tags: ["Tasks"],
        responses: {
          200: {
            description: "The task.",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Task" } } },
          },
          400: { $ref: "#/components/responses/BadRequest" },
          401: { $ref: "#/components/responses/Unauthorized" },
          404: { $ref: "#/components/responses/NotFound" },
        },
      },
      delete: {
        operationId: "deleteTask",
        summary: "Delete a task",
        tags: ["Tasks"],
        responses: {
          204: { description: "It is gone." },
          400: { $ref: "#/components/responses/BadRequest" },
          401: { $ref: "#/components/responses/Unauthorized" },
          404: { $ref: "#/components/responses/NotFound" },
        },
      },
    },
  },
  components: {
    securitySchemes: { bearerAuth: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    parameters: {
      TaskId: {
        name: "taskId",
        in: "path",
        required: true,
        schema: { type: "string", format: "uuid" },
        example: "0d3b6a3e-6f7f-4c53-9a44-2a1f7f6b7b11",
      },
    },
    schemas: {
      NewTask: {
        type: "object",
        required: ["title"],
        additionalProperties: false,
        properties: {
          title: { type: "string", minLength: 1, maxLength: 200, examples: ["Water the plants"] },
        },
      },
      Task: {
        type: "object",
        required: ["id", "title", "done"],
        additionalProperties: false,
        properties: {
          id: { type: "string", format: "uuid", examples: ["0d3b6a3e-6f7f-4c53-9a44-2a1f7f6b7b11"] },
          title: { type: "string", minLength: 1, maxLength: 200, examples: ["Water the plants"] },
          done: { type: "boolean", examples: [false] },
        },
      },
      Problem: {
        description: "An error (RFC 9457).",
        type: "object",
        required: ["type", "status", "title", "detail"],
        properties: {
          type: { type: "string", format: "uri-reference", examples: ["about:blank"] },
          status: { type: "integer", examples: [404] },
          title: { type: "string", examples: ["Not Found"] },
          detail: { type: "string", examples: ["There is no such task."] },
        },
      },
    },
    responses: {
      BadRequest: problem("The request is not as the contract asks."),
      Unauthorized: problem("No token, or one that is not valid."),
      NotFound: problem("There is no such task."),
      UnsupportedMediaType: problem("The body is of another media type than the contract takes."),
    },
  },
};
