const json = (schema: object) => ({ content: { "application/json": { schema } } });
const refused = { description: "Refused.", ...json({ $ref: "#/components/schemas/Failure" }) };

/** Webhooks, binary answers, an error schema of its own, an operation without an operationId, a key in the query. */
export const museum = {
  openapi: "3.1.1",
  info: { title: "Museum", version: "1.0.0" },
  servers: [{ url: "https://museum.example.com/api" }],
  security: [{ Visitor: [] }, { key: [] }],
  tags: [{ name: "Opening hours" }, { name: "Tickets" }],
  paths: {
    "/hours": {
      get: {
        tags: ["Opening hours"],
        operationId: "getHours",
        parameters: [
          { name: "from", in: "query", required: true, schema: { type: "string", format: "date" } },
        ],
        responses: {
          200: {
            description: "Hours.",
            ...json({ type: "array", items: { $ref: "#/components/schemas/Day" } }),
          },
          "4XX": refused,
        },
      },
    },
    "/tickets/{ticket-id}/qr": {
      get: {
        tags: ["Tickets"],
        operationId: "get-ticket-code",
        parameters: [
          { name: "ticket-id", in: "path", required: true, schema: { type: "string", format: "uuid" } },
        ],
        responses: {
          200: {
            description: "A picture.",
            content: { "image/png": { schema: { type: "string", format: "binary" } } },
          },
          "4XX": refused,
        },
      },
    },
  },
  webhooks: {
    newEvent: {
      post: {
        operationId: "publishNewEvent",
        requestBody: json({ type: "object" }),
        responses: { 202: { description: "Taken." } },
      },
    },
  },
  components: {
    securitySchemes: {
      Visitor: { type: "http", scheme: "basic" },
      key: { type: "apiKey", in: "query", name: "api_key" },
    },
    schemas: {
      Day: { type: "object", required: ["date"], properties: { date: { type: "string", format: "date" } } },
      Failure: {
        type: "object",
        required: ["code", "message"],
        additionalProperties: false,
        properties: { code: { type: "integer" }, message: { type: "string" } },
      },
    },
  },
};

/** What is only served leniently: a format nobody checks; no operationId; empty objects, oauth2, anonymous callers. */
export const trains = {
  openapi: "3.0.3",
  info: { title: "Trains", version: "1.0.0" },
  paths: {
    "/stations": {
      get: {
        responses: {
          200: {
            description: "Stations.",
            ...json({
              allOf: [
                {
                  type: "object",
                  properties: { data: { type: "array", items: { $ref: "#/components/schemas/Station" } } },
                },
              ],
            }),
          },
        },
      },
    },
    "/bookings": {
      post: {
        operationId: "create-booking",
        security: [{ OAuth2: ["write"] }],
        requestBody: { required: true, ...json({ $ref: "#/components/schemas/Booking" }) },
        responses: {
          201: {
            description: "Booked.",
            headers: { Location: { required: true, schema: { type: "string", format: "uri-reference" } } },
            ...json({ $ref: "#/components/schemas/Booking" }),
          },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      OAuth2: {
        type: "oauth2",
        flows: { clientCredentials: { tokenUrl: "https://example.com/token", scopes: { write: "Book" } } },
      },
    },
    schemas: {
      Station: {
        type: "object",
        properties: { country: { type: "string", format: "iso-country-code" }, extra: { type: "object" } },
      },
      Booking: {
        type: "object",
        required: ["passenger"],
        properties: { passenger: { type: "string", example: "Ada" } },
      },
    },
  },
};
