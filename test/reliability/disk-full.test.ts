import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { passkey } from "../support/methods.ts";
import type { Answer } from "../support/server.ts";
import { createUser, methodsOf } from "../support/users.ts";
import { milliseconds, report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { ServerProcess } from "./support/server-process.ts";
import { canMount, mountTmpfs } from "./support/tmpfs.ts";

const mebibyte = 2 ** 20;
const full = {
  statusCode: 507,
  error: "Insufficient Storage",
  message: "There is no room left to store this; what is kept can still be read.",
  errorCode: "insufficient_storage",
};

// What SQLite does at its page limit is shown in test/store; a disk that is really full needs one.
test.skipIf(!canMount)(
  "a server on a full disk refuses writes with 507, serves reads, and recovers when there is room",
  async (context) => {
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const disk = mountTmpfs("size=16m");
    onTestFinished(() => disk.unmount());
    const file = join(disk.path, "test.sqlite");
    const server = new ServerProcess(issuer, { DATABASE_URL: `sqlite:${file}` });
    onTestFinished(() => server.kill());
    await server.start();
    const pid = server.pid;
    const ballast = join(disk.path, "ballast");
    await writeFile(ballast, Buffer.alloc(14 * mebibyte));

    const kept = new Map<string, string[]>();
    const refusals: Answer[] = [];
    let user = 0;
    const fill = async () => {
      for (;;) {
        const id = `ada-${user}`;
        user += 1;
        const created = await server.call("/users", {
          body: { connection: "Username-Password-Authentication", user_id: id },
        });
        if (created.status !== 201) return refusals.push(created);
        kept.set(id, []);
        for (let number = 0; number < 20; number += 1) {
          const body = { ...passkey(user * 20 + number), user_agent: "x".repeat(1_000) };
          const answer = await server.call(methodsOf(`auth0|${id}`), { body });
          if (answer.status !== 201) return refusals.push(answer);
          kept.get(id)?.push(answer.body.id);
        }
      }
    };
    const expectKept = async () => {
      for (const [id, ids] of kept) {
        // A read of unmasked values is recorded, so it needs room as a write does.
        const scopes = ["read:authentication_methods"];
        const { status, body } = await server.call(methodsOf(`auth0|${id}`), { scopes });
        expect(status).toBe(200);
        expect(body.map((method: { id: string }) => method.id)).toEqual(ids);
      }
    };

    await fill();
    const [somebody = "", [id = ""] = []] = [...kept][0] ?? [];
    const path = `${methodsOf(`auth0|${somebody}`)}/${encodeURIComponent(id)}`;
    let slowest = 0;
    // Small writes may still fit for a while.
    for (let renames = 0; refusals.length < 20 && renames < 5_000; renames += 1) {
      const started = performance.now();
      const answer = await server.call(path, { method: "PATCH", body: { name: `name ${renames}` } });
      slowest = Math.max(slowest, performance.now() - started);
      if (answer.status !== 200) refusals.push(answer);
    }
    expect(refusals).toHaveLength(20);
    for (const { status, body } of refusals) expect({ status, body }).toEqual({ status: 507, body: full });
    await expectKept();
    expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);

    await rm(ballast);
    await createUser(server, "after");
    const answer = await server.call(methodsOf("auth0|after"), { body: passkey(-1) });
    expect(answer.status).toBe(201);
    kept.set("after", [answer.body.id]);
    await expectKept();
    expect(server.pid).toBe(pid);
    const database = new DatabaseSync(file, { readOnly: true });
    onTestFinished(() => database.close());
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    report(context, {
      "writes kept": [...kept.values()].flat().length + kept.size,
      lost: 0,
      "refused with 507": refusals.length,
      "slowest answer while full": milliseconds(slowest),
    });
  },
);
