import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../support/command.ts";
import { oldKey } from "../support/database.ts";
import { email } from "../support/methods.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createUser } from "../support/users.ts";
import { startIssuer } from "./support/issuer.ts";
import { scaled } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";
import { until } from "./support/until.ts";

const rounds = scaled(1, 10);

test("a backup under load, restored, has every write that was acknowledged before it began", {
  timeout: scaled(120_000, 600_000),
}, async () => {
  const folder = await temporaryFolder();
  const issuer = await startIssuer();
  onTestFinished(() => issuer.http.goDown());
  const env = { DATABASE_URL: `sqlite:${join(folder, "live.sqlite")}`, ENCRYPTION_KEYS: oldKey };
  const server = new ServerProcess(issuer, env);
  onTestFinished(() => server.kill());
  await server.start();
  await until(async () => (await fetch(`${server.origin}/health/ready`)).status === 200, 20_000);

  const acknowledged: { readonly methods: string; readonly id: string }[] = [];
  let isStopped = false;
  const clients = Array.from({ length: 8 }, async (_, client) => {
    for (let user = 0; !isStopped; user += 1) {
      const methods = await createUser(server, `client-${client}-${user}`);
      for (let address = 0; address < 5; address += 1) {
        const { status, body } = await server.call(methods, { body: email(address) });
        if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
        acknowledged.push({ methods, id: body.id });
      }
    }
  });
  const ended = Promise.all(clients);
  const acknowledgedMore = async (count: number) => {
    const target = acknowledged.length + count;
    await Promise.race([until(() => acknowledged.length >= target, scaled(30_000, 120_000)), ended]);
  };

  for (let round = 0; round < rounds; round += 1) {
    await acknowledgedMore(scaled(150, 3_000));
    const before = [...acknowledged];
    const path = join(folder, `backup-${round}.sqlite`);
    const { code, stdout, stderr } = await runToEnd(["backup", path], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Backed up \d+ users and \d+ authentication methods /);
    expect(acknowledged.length).toBeGreaterThan(before.length);
    expect((await stat(path)).mode & 0o777).toBe(0o600);

    const restored = { ...env, DATABASE_URL: `sqlite:${join(folder, `restored-${round}.sqlite`)}` };
    expect(await runToEnd(["restore", path], restored)).toMatchObject({ code: 0, stderr: "" });
    const second = new ServerProcess(issuer, restored);
    onTestFinished(() => second.kill());
    await second.start();
    await until(async () => (await fetch(`${second.origin}/health/ready`)).status === 200, 20_000);
    const check = async (methods: string) => {
      const { status, body } = await second.call(methods);
      expect({ methods, status, body }).toMatchObject({ status: 200 });
      const kept = body.map(({ id }: { id: string }) => id);
      const expected = before.filter((each) => each.methods === methods).map(({ id }) => id);
      expect(kept).toEqual(expect.arrayContaining(expected));
    };
    await Promise.all([...new Set(before.map(({ methods }) => methods))].map(check));
    await second.kill();
  }
  isStopped = true;
  await ended;
  expect((await readdir(folder)).filter((name) => name.startsWith("backup-"))).toHaveLength(rounds);
});
