/** A contract of somebody else's, as openapi-typescript writes it. */
export interface paths {
  "/things": {
    get: operations["listThings"];
    post: operations["createThing"];
  };
  "/things/{id}": {
    get: operations["getThing"];
    delete: operations["deleteThing"];
  };
  "/reports": { get: operations["getReport"] };
  "/files": { post: operations["upload"]; put: operations["store"] };
}

export interface Thing {
  id: string;
}

/** RFC 9457. */
export interface Problem {
  title: string;
  detail?: string;
}

export interface operations {
  listThings: {
    parameters: {
      query?: {
        page?: number;
        per_page?: number;
        offset?: number;
        limit?: number;
        cursor?: string;
        tags?: string[];
      };
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { Link?: string };
        content: { "application/json": { items: Thing[]; next?: string } };
      };
    };
  };
  createThing: {
    parameters: { header?: { "Idempotency-Key"?: string } };
    requestBody: { content: { "application/json": { name: string } } };
    responses: {
      201: { headers: object; content: { "application/json": Thing } };
      404: { headers: object; content: { "application/problem+json": Problem } };
      409: { headers: object; content: { "application/json": { existing: string } } };
      "4XX": { headers: object; content: { "application/json": { message: string } } };
    };
  };
  getThing: {
    parameters: { path: { id: string } };
    requestBody?: never;
    responses: {
      200: { headers: object; content: { "application/json": Thing } };
      404: { headers: object; content: { "application/problem+json": Problem } };
      default: { headers: object; content: { "application/json": { code: number } } };
    };
  };
  deleteThing: {
    parameters: { path: { id: string } };
    requestBody?: never;
    responses: { 204: { headers: object; content?: never } };
  };
  getReport: {
    parameters: object;
    requestBody?: never;
    responses: { 200: { headers: object; content: { "text/csv": string } } };
  };
  upload: {
    parameters: object;
    requestBody: {
      content: {
        "multipart/form-data": { title?: string; tags?: string[]; meta?: { a: number }; file: Blob };
      };
    };
    responses: { 201: { headers: object; content: { "application/json": Thing } } };
  };
  store: {
    parameters: object;
    requestBody: { content: { "application/octet-stream": Blob | Uint8Array } };
    responses: { 201: { headers: object; content: { "application/json": Thing } } };
  };
}
