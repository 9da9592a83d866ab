import formbody from "@fastify/formbody";
import { parse } from "qs";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { formContract } from "../../fixtures/form.ts";
import { start } from "./serve.ts";

const bodies: unknown[] = [];
const handler = ({ body }: { body: unknown }) => {
  bodies.push(body);
  return { status: 204 };
};
const ids = ["createDevice", "replaceDevices", "createTree", "createComposed", "createEither"];
const { app, send } = await start(formContract, {
  handlers: Object.fromEntries(ids.map((id) => [id, handler])),
  before: (instance) =>
    instance.register(formbody, { parser: (text) => parse(text) as Record<string, unknown> }),
});
afterAll(() => app.close());
beforeEach(() => bodies.splice(0));

const sendForm = (method: string, path: string, raw: string) =>
  send(method, path, { raw, headers: { "content-type": "application/x-www-form-urlencoded" } });

describe("a form body", () => {
  test.each([
    ["type=phone&number=%2B44", { type: "phone", number: "+44" }],
    ["type=phone&number=007", { type: "phone", number: "007" }],
    ["type=phone&number=1&extension=12", { type: "phone", number: "1", extension: 12 }],
    ["type=phone&number=1&extension=", { type: "phone", number: "1", extension: null }],
    ["type=key&backed_up=true", { type: "key", backed_up: true }],
    ["type=key&backed_up=false&transports=usb", { type: "key", backed_up: false, transports: ["usb"] }],
    [
      "type=key&backed_up=true&transports[]=usb&transports[]=nfc",
      { type: "key", backed_up: true, transports: ["usb", "nfc"] },
    ],
    [
      "type=key&backed_up=true&transports=usb&transports=nfc",
      { type: "key", backed_up: true, transports: ["usb", "nfc"] },
    ],
    [
      "type=key&backed_up=true&counters[0]=1&counters[1]=2",
      { type: "key", backed_up: true, counters: [1, 2] },
    ],
    [
      "type=key&backed_up=true&limits[a]=1.5&limits[b]=2",
      { type: "key", backed_up: true, limits: { a: 1.5, b: 2 } },
    ],
  ])("%s has the types of the branch that its tag chooses", async (raw, expected) => {
    expect((await sendForm("POST", "/device", raw)).text).toBe("");
    expect(bodies).toEqual([expected]);
  });

  test("keeps text where one of several alternatives takes it", async () => {
    await sendForm("POST", "/either", "value=5&count=5");
    expect(bodies).toEqual([{ value: "5", count: 5 }]);
  });

  test("may be an array by index, in the order of the indices", async () => {
    await sendForm("PUT", "/devices", "1[type]=key&1[backed_up]=true&0[type]=phone&0[number]=1");
    expect(bodies).toEqual([
      [
        { type: "phone", number: "1" },
        { type: "key", backed_up: true },
      ],
    ]);
  });

  test("may be an array longer than its parser makes one of", async () => {
    const raw = Array.from(
      { length: 30 },
      (_, index) => `${index}[type]=phone&${index}[number]=${index}`,
    ).join("&");
    await sendForm("PUT", "/devices", raw);
    expect(bodies[0]).toHaveLength(30);
    expect(bodies[0]).toMatchObject({ 29: { number: "29" } });
  });

  test("follows recursive and composed schemas", async () => {
    await sendForm("POST", "/tree", "size=1&children[0][size]=2&children[0][children][0][size]=3");
    await sendForm("POST", "/composed", "count=1&open=true");
    expect(bodies).toEqual([
      { size: 1, children: [{ size: 2, children: [{ size: 3 }] }] },
      { count: 1, open: true },
    ]);
  });

  test.each([
    ["type=key&backed_up=1", ["backed_up"], "type"],
    ["type=key&backed_up=true&counters=x", ["counters", "0"], "type"],
    ["type=key&backed_up=true&color=red", ["color"], "additionalProperties"],
    ["type=key", ["backed_up"], "required"],
    ["type=cow", ["type"], "enum"],
    ["", ["type"], "required"],
  ])("'%s' is 400 and says where", async (raw, path, keyword) => {
    const response = await sendForm("POST", "/device", raw);
    const location = raw === "" ? ["body"] : ["body", ...path];
    expect(response).toMatchObject({ status: 400, body: { violations: [{ location, keyword }] } });
  });

  test("does not reach a prototype", async () => {
    await sendForm("POST", "/tree", "__proto__[size]=1&constructor[prototype][size]=1");
    expect(({} as Record<string, unknown>).size).toBeUndefined();
  });
});

test("a JSON body of the same schema is not coerced", async () => {
  for (const json of [
    { type: "key", backed_up: "true" },
    { type: "key", backed_up: true, transports: "usb" },
    { type: "phone", number: 7 },
    { type: "phone", number: "7", extension: "1" },
  ]) {
    expect(await send("POST", "/device", { json })).toMatchObject({
      status: 400,
      body: { violations: [{ keyword: "type" }] },
    });
  }
  expect((await send("PUT", "/devices", { json: { 0: { type: "phone", number: "1" } } })).status).toBe(400);
});
