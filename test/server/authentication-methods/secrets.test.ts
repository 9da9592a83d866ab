import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startServer } from "../../support/server.ts";
import { createUser } from "../../support/users.ts";

const secret = "KRSXG5CTMVRXEZLUKN2XAZLS";

test("a totp secret is in the answer to its create, and in no other answer, log line or file", async () => {
  const server = await startServer({ LOG_LEVEL: "trace" });
  const methods = await createUser(server);
  const request = { type: "totp", name: "App", totp_secret: secret };
  const headers = { "idempotency-key": "once" };
  const created = await server.call(methods, { body: request, headers });
  expect(created.body.totp_secret).toBe(secret);
  const path = `${methods}/${encodeURIComponent(created.body.id)}`;

  const answers = [
    await server.call(methods),
    await server.call(path),
    await server.call(path, { method: "PATCH", body: { name: "Renamed" } }),
    await server.call(methods, { body: request }),
    await server.call(methods, { body: { ...request, totp_secret: `${secret}1` } }),
    await server.call(methods, { body: { ...request, colour: secret } }),
    await server.call(methods, { body: `{"type":"totp","totp_secret":"${secret}"` }),
    await server.call(methods, { body: { ...request, name: "Other" }, headers }),
    await server.call(methods, { method: "PUT", body: [request] }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 409, 400, 400, 400, 422, 200]);
  for (const { body } of answers) expect(JSON.stringify(body)).not.toContain(secret);

  expect(server.log.length).toBeGreaterThan(answers.length);
  expect(server.log.join("")).not.toContain(secret);
  for (const file of await readdir(server.folder)) {
    const bytes = await readFile(join(server.folder, file));
    expect(bytes.includes(secret), file).toBe(false);
    expect(bytes.includes(Buffer.from(secret).toString("base64")), file).toBe(false);
  }
});
