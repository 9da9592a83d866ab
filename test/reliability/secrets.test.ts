import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../support/command.ts";
import { email, phone } from "../support/methods.ts";
import { startPostgres } from "../support/postgres-server.ts";
import type { Answer, Call } from "../support/server.ts";
import { createUser } from "../support/users.ts";
import { report } from "./support/findings.ts";
import { startIssuer } from "./support/issuer.ts";
import { scaled } from "./support/scale.ts";
import { findAny, formsOf } from "./support/secret-forms.ts";
import { ServerProcess } from "./support/server-process.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const rounds = scaled(10, 200);
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const key = randomBytes(32).toString("base64");
const nextKey = randomBytes(32).toString("base64");

function newSecret(): string {
  return [...randomBytes(32)].map((byte) => alphabet[byte % 32]).join("");
}

interface Place {
  readonly url: string;
  readonly folder: string;
  /** What the database has logged. */
  log(): string;
  /** Ends the database. */
  stop(): Promise<void>;
}

const places: readonly { readonly kind: string; open(): Promise<Place> }[] = [
  {
    kind: "SQLite",
    async open() {
      const { path, remove } = await temporaryFolder();
      onTestFinished(remove);
      return { url: `sqlite:${path}/test.sqlite`, folder: path, log: () => "", stop: async () => {} };
    },
  },
  {
    kind: "PostgreSQL",
    async open() {
      // It logs every statement with its parameters, as a careless operator's does.
      const postgres = await startPostgres({
        log_statement: "all",
        log_parameter_max_length: "-1",
        log_parameter_max_length_on_error: "-1",
      });
      onTestFinished(() => postgres.stop());
      return { ...postgres, stop: () => postgres.kill() };
    },
  },
];

describe.each(places)("on $kind", ({ open }) => {
  test("a totp secret is in the answer to its create, and nowhere else", {
    timeout: scaled(60_000, 300_000),
  }, async (context) => {
    const place = await open();
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const server = new ServerProcess(issuer, {
      DATABASE_URL: place.url,
      ENCRYPTION_KEYS: `k1:${key}`,
      LOG_LEVEL: "trace",
    });
    onTestFinished(() => server.kill());
    await server.start();

    const secrets: string[] = [];
    const answers: string[] = [];
    const users: string[] = [];
    const keep = ({ headers, body }: Answer) => {
      answers.push(JSON.stringify([...headers]) + JSON.stringify(body));
    };
    const send = async (path: string, call?: Call) => keep(await server.call(path, call));
    const secret = () => {
      const made = newSecret();
      secrets.push(made);
      return made;
    };
    const create = async (path: string, body: object, headers = {}) => {
      const answer = await server.call(path, { body, headers });
      expect(answer).toMatchObject({ status: 201, body });
      return answer.body.id as string;
    };

    for (let round = 0; round < rounds; round += 1) {
      const user = `ada-${randomBytes(8).toString("hex")}`;
      users.push(user);
      const methods = await createUser(server, user);
      const once = { type: "totp", totp_secret: secret() };
      const id = await create(methods, once);
      await send(methods, { body: once });
      await send(methods, { body: { ...once, type: "phone" } });
      await send(methods, { body: { ...once, name: secret(), unknown: secret() } });
      await send(methods, { body: { type: "totp", totp_secret: `${secret()}1` } });
      await send(methods, { body: `{"type":"totp","totp_secret":"${secret()}"` });
      await send(`${methods}?totp_secret=${once.totp_secret}`);
      const idempotent = { type: "totp", totp_secret: secret() };
      await create(methods, idempotent, { "idempotency-key": `key-${round}` });
      await create(methods, idempotent, { "idempotency-key": `key-${round}` });
      await send(methods, {
        body: { type: "totp", totp_secret: secret() },
        headers: { "idempotency-key": `key-${round}` },
      });
      await send(methods);
      await send(`${methods}?include_totals=true`);
      await send(`${methods}/${encodeURIComponent(id)}`);
      await send(`${methods}/${encodeURIComponent(id)}`, { method: "PATCH", body: { name: "renamed" } });
      if (round % 3 === 1) await send(`${methods}/${encodeURIComponent(id)}`, { method: "DELETE" });
      if (round % 3 === 2) {
        const replacements = [phone(), email(), { type: "totp", totp_secret: secret() }];
        await send(methods, { method: "PUT", body: replacements });
      }
    }

    const env = { DATABASE_URL: place.url, ENCRYPTION_KEYS: `k1:${key}` };
    const exported = await runToEnd(["export"], env);
    const exportedWithSecrets = await runToEnd(["export", "--with-secrets"], env);
    const rotated = await runToEnd(["keys", "rotate"], {
      ...env,
      ENCRYPTION_KEYS: `k2:${nextKey},k1:${key}`,
    });
    expect([exported.code, exportedWithSecrets.code, rotated.code]).toEqual([0, 0, 0]);
    // What is asked for in clear is in clear: the search below would find it.
    expect(findAny(Buffer.from(exportedWithSecrets.stdout), secrets.flatMap(formsOf))).toBe("base32");
    const whileOpen = await readAll(place.folder);
    await server.kill("SIGTERM");
    await place.stop();
    const afterwards = await readAll(place.folder);
    const searched = {
      "the files of an open database": whileOpen,
      "the files of a closed database": afterwards,
      "the server's log": Buffer.from(server.log),
      "the database's log": Buffer.from(place.log()),
      "an export without secrets": Buffer.from(exported.stdout + exported.stderr),
      "what an export tells of itself": Buffer.from(exportedWithSecrets.stderr),
      "what a rotation tells of itself": Buffer.from(rotated.stdout + rotated.stderr),
      "an answer": Buffer.from(answers.join("\n")),
    };
    // What is not secret is found, so that a secret would be.
    for (const bytes of [whileOpen, afterwards, exported.stdout])
      expect(bytes.includes(users[0] ?? "")).toBe(true);
    if (place.log() !== "") expect(place.log()).toContain(users[0]);
    expect(server.log).toContain('"msg":"request"');
    expect(answers.join()).toContain("renamed");
    const forms = secrets.flatMap(formsOf);
    for (const [where, bytes] of Object.entries(searched)) {
      expect({ where, found: findAny(bytes, forms) }).toEqual({ where, found: undefined });
      for (const each of [key, nextKey]) expect(bytes.includes(each), `a key is in ${where}`).toBe(false);
    }
    report(context, {
      secrets: secrets.length,
      "forms of each": formsOf(secrets[0] ?? "").length,
      "bytes searched": Object.values(searched)
        .reduce((sum, { length }) => sum + length, 0)
        .toLocaleString("en"),
      found: 0,
    });
  });
});

test("the search finds a secret in each of its forms", () => {
  const secret = newSecret();
  for (const { form, bytes } of formsOf(secret)) {
    expect(bytes.length).toBeGreaterThanOrEqual(16);
    const text = Buffer.concat([randomBytes(10_001), bytes, randomBytes(99)]);
    expect(findAny(text, formsOf(secret))).toBe(form);
  }
  for (const before of ["", "a", "ab", "abc"]) {
    const text = Buffer.from(`${before}${secret}after`).toString("base64");
    expect(findAny(Buffer.from(text), formsOf(secret))).toBe("base64 of the base32");
  }
  expect(findAny(randomBytes(10_000), formsOf(secret))).toBeUndefined();
});

async function readAll(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // Some are removed by the database while they are read.
  const contents = await Promise.allSettled(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name))),
  );
  return Buffer.concat(contents.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}
