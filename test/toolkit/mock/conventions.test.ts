import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import recorded from "../../fixtures/mock/conventions.json" with { type: "json" };

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

interface Recorded {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  readonly answer: Answer;
}

const challengedBy = (scheme: string): Partial<Answer> => ({
  headers: {
    "content-type": "application/json",
    "sl-violations":
      '[{"location":["request"],"severity":"Error","code":401,"message":"Invalid security scheme used"}]',
    "www-authenticate": scheme,
  },
});

/** Where we answer otherwise than Prism, on purpose. */
const mended: Record<string, Partial<Answer>> = {
  // Prism: 500, "We tried default response, but we got …".
  'GET /pets/1 {"prefer":"code=404, example=nope"}': {
    status: 404,
    body: '{"type":"https://stoplight.io/prism/errors#NOT_FOUND","title":"The server cannot find the requested content","status":404,"detail":"Response for contentType: application/json and exampleKey: nope does not exist."}',
  },
  // Prism: 500, "Cannot find serializer for */*".
  "GET /wild-object {}": {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"a":"string"}',
  },
  // Prism: 406, though the document leaves the media type open.
  'GET /wild {"accept":"text/html"}': {
    status: 200,
    headers: { "content-type": "text/html" },
    body: "hello",
  },
  'GET /wild-object {"accept":"application/json"}': {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"a":"string"}',
  },
  // Prism is asked before each request.
  'OPTIONS /pets {"origin":"http://a.example","access-control-request-method":"POST","access-control-request-headers":"x-a"}':
    { headers: { "access-control-allow-methods": "POST", "access-control-max-age": "7200", vary: "origin" } },
  // Prism sends "x-bare: null" for a header without a schema.
  "GET /many-headers {}": {
    headers: { "x-examples": "first", "x-ref": "60", "content-type": "application/json" },
  },
  // Prism leaves out Allow, which RFC 9110 demands.
  "PUT /pets/1 {}": { headers: { "content-type": "application/problem+json", allow: "GET, DELETE, HEAD" } },
  // Prism says nothing of what should not be sent (OpenAPI 3.1.1, section 4.8.24).
  'PUT /read-only {"content-type":"application/json"} {"id":"x","name":"a","secret":"s"}': {
    headers: {
      "content-type": "application/json",
      "sl-violations":
        '[{"location":["request","body","id"],"severity":"Warning","code":"readOnly","message":"Request body property id is read-only"}]',
    },
  },
  // Prism tells the scheme's case apart, which RFC 9110, section 11.1, says has none.
  'GET /bearer {"authorization":"bearer x"}': {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"ok":true}',
  },
  // Prism leaves out what RFC 9110, section 11.6.1, asks of every 401.
  "GET /bearer-401 {}": challengedBy("Bearer"),
  "GET /bearer-default {}": challengedBy("Bearer"),
  // Prism samples 3 for a multiple of 5 and reports its own violation.
  "GET /nested-example {}": {
    headers: { "content-type": "application/json" },
    body: '{"child":{"a":"whole","b":1},"list":[{"a":"whole","b":1}],"enum":"a","default":"b","multiple":5,"exclusive":4,"any":null,"free":{},"unknown":"string","arrayExample":["x","y"],"allOfRef":{"a":"whole","b":1,"c":true}}',
  },
};

const transport = new Set(["date", "connection", "keep-alive", "content-length", "transfer-encoding"]);

describe("Prism's conventions, as recorded from Prism", () => {
  let mock: Mock;
  beforeAll(async () => {
    mock = await createMock(new URL("../../fixtures/mock/conventions.yaml", import.meta.url).pathname);
  });
  afterAll(() => mock.close());

  const table = (recorded as unknown as Recorded[]).map((one): [string, Recorded] => {
    const { method, url, headers = {}, body = "" } = one.request;
    return [`${method} ${url} ${JSON.stringify(headers)}${body && ` ${body}`}`, one];
  });

  test.each(table)("%s", async (name, one) => {
    const answer = await send(mock.url, one);
    const expected = { ...one.answer, ...mended[name] };
    const cors = Object.entries(one.answer.headers).filter(([header]) => header.startsWith("access-control"));
    expect(answer).toEqual({ ...expected, headers: { ...Object.fromEntries(cors), ...expected.headers } });
  });
});

function send(base: string, { request: { method, url, headers = {}, body } }: Recorded): Promise<Answer> {
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(base + url, { method, headers: { ...headers, ...length } }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const kept = Object.entries(response.headers).filter(([header]) => !transport.has(header));
      resolve({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(kept) as Record<string, string>,
        body: text,
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
