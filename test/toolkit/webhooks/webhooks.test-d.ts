import type { Webhooks } from "../../../toolkit/webhooks/index.ts";

interface Thing {
  id: number;
}
interface Sent {
  newThing: {
    parameters: { header: { "X-Kind": "new" | "old" }; query?: { page?: number } };
    requestBody: { content: { "application/json": Thing } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": { ok: boolean } } };
      204: { headers: { [name: string]: unknown }; content?: never };
    };
  };
  gone: { parameters: { header?: never }; requestBody?: never; responses: { default: { content?: never } } };
}
declare const webhooks: Webhooks<Sent>;
const url = "https://receiver.example/hook";
const headers = { "X-Kind": "new" } as const;

const answer = await webhooks.send("newThing", { url, headers, body: { id: 1 }, query: { page: 1 } });
if (answer.status === 200) {
  const ok: boolean = answer.body.ok;
  void ok;
} else {
  const nothing: undefined = answer.body;
  void nothing;
}
await webhooks.send("gone", { url: new URL(url) });
// @ts-expect-error no such webhook
await webhooks.send("other", { url });
// @ts-expect-error no body
await webhooks.send("newThing", { url, headers });
// @ts-expect-error a wrong body
await webhooks.send("newThing", { url, headers, body: { id: "1" } });
// @ts-expect-error a header that must be there
await webhooks.send("newThing", { url, body: { id: 1 } });
// @ts-expect-error a value of a header that is not documented
await webhooks.send("newThing", { url, headers: { "X-Kind": "x" }, body: { id: 1 } });
// @ts-expect-error a body where there is none
await webhooks.send("gone", { url, body: { id: 1 } });
