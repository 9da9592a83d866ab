import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { document, type FaultName, startShop, token } from "./shop.ts";

const command = fileURLToPath(new URL("../../../toolkit/bin/contract-first.js", import.meta.url));
const tokens = ["--token", token("ada", "read", "write"), "--token", token("ada", "read")];
let folder: string;
let contract: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  contract = join(folder, "openapi.json");
  await writeFile(contract, JSON.stringify(document));
});

async function start(...faults: FaultName[]) {
  const shop = await startShop(...faults);
  onTestFinished(() => shop.close());
  return shop;
}

function run(...args: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [command, "conformance", ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

const file = (name: string) => join(folder, name);

test("ends with 0 where nothing is found, and says how far it looked", async () => {
  const shop = await start();
  const { code, stdout } = await run(contract, shop.url, ...tokens, "--runs", "1");
  expect(stdout).toMatch(/^Nothing found: \d+ requests to 6 operations in [\d.]+ s, seed 1\.\n$/);
  expect(code).toBe(0);
});

test("folds equal failures, gives the smallest request as a curl line, and writes every report without credentials", async () => {
  const shop = await start("maximum is not checked", "an enum leaks a value");
  const reports = ["json", "junit", "har", "html"].flatMap((kind) => [`--${kind}`, file(kind)]);
  const { code, stdout } = await run(contract, shop.url, ...tokens, "--runs", "2", ...reports);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^\d\. POST \/items: body \/price maximum 1000000 is broken, and it was accepted with 201\.$/m,
  );
  expect(stdout).toMatch(/wrong-body \(a body is as its schema says\), \d+ times/);
  const [line] = stdout.match(/curl -i -X POST .*"price":1000001.*/) ?? [];
  expect(line).toContain('"authorization: Bearer $TOKEN"');
  expect(line).toMatch(/--data-raw '\{"name":".*","price":1000001\}'/);
  const written = await Promise.all(
    ["json", "junit", "har", "html"].map((kind) => readFile(file(kind), "utf8")),
  );
  for (const text of [stdout, ...written])
    for (const secret of [tokens[1], tokens[3]]) expect(text).not.toContain(secret);
  const [lines = "", xml = "", archive = "", page = ""] = written;
  expect(
    lines
      .trimEnd()
      .split("\n")
      .map((each) => JSON.parse(each).check),
  ).toContain("accepted-forbidden");
  expect(xml).toMatch(/<testcase classname="conformance" name="POST \/items">\s+<failure type=/);
  expect(JSON.parse(archive).log.entries.length).toBeGreaterThan(50);
  expect(page).toContain("body /price maximum 1000000 is broken");
});

test("--replay sends the requests of earlier findings again", async () => {
  const broken = await start("maximum is not checked");
  await run(contract, broken.url, ...tokens, "--phases", "boundaries", "--json", file("earlier"));
  const again = await run(contract, broken.url, ...tokens, "--replay", file("earlier"));
  expect(again.code).toBe(1);
  const mended = await start();
  expect(await run(contract, mended.url, ...tokens, "--replay", file("earlier"))).toMatchObject({ code: 0 });
});

test("never deletes what it has not made", async () => {
  const shop = await start();
  shop.put({ id: "0badcafe", name: "Somebody's", price: 1 }, "ada");
  expect((await run(contract, shop.url, ...tokens, "--runs", "5")).code).toBe(0);
  expect(shop.items.has("0badcafe")).toBe(true);
  expect(shop.deletions).not.toContain("0badcafe");
  expect(shop.items.size).toBe(1);
});

test("--only, --exclude, --max-requests and --dry-run keep it small", async () => {
  const shop = await start();
  const plan = await run(contract, shop.url, "--dry-run", "--only", "GET *", "--exclude", "getItem");
  expect(plan).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^GET \/items: examples 1, boundaries \d+, generated 25, sequences 1\n/),
  });
  expect(shop.items.size).toBe(0);
  const few = await run(contract, shop.url, ...tokens, "--max-requests", "20");
  expect(few.stdout).toContain(
    "Note: The run ended after 20 requests: raise --max-requests to see the rest.",
  );
  expect(few.stdout).toContain("Nothing found: 20 requests");
});

test("the same seed sends the same values", async () => {
  const sent = async (seed: string) => {
    const shop = await start();
    await run(
      contract,
      shop.url,
      ...tokens,
      "--phases",
      "generated",
      "--only",
      "createItem",
      "--runs",
      "5",
      "--seed",
      seed,
      "--har",
      file("har"),
    );
    const { log } = JSON.parse(await readFile(file("har"), "utf8"));
    return log.entries.map(
      (entry: { request: { postData?: { text: string } } }) => entry.request.postData?.text,
    );
  };
  const first = await sent("7");
  expect(await sent("7")).toEqual(first);
  expect(await sent("8")).not.toEqual(first);
});

test.each([
  [["nothing.json", "http://127.0.0.1:9"], /^\S*nothing\.json does not exist\.\n$/],
  [
    ["", "http://127.0.0.1:2"],
    /^Nothing answers at http:\/\/127\.0\.0\.1:2 \(ECONNREFUSED\): start the server, or correct the URL\.\n$/,
  ],
  [["", "nowhere"], /^nowhere is no URL of a server: write it as http:\/\/127\.0\.0\.1:3000\.\n$/],
  [
    ["", "http://127.0.0.1:9", "--phases", "all"],
    /^There is no phase "all" \(see contract-first conformance --help\)\.\n$/,
  ],
  [
    ["", "http://127.0.0.1:9", "--rate", "fast"],
    /^--rate fast is no number \(see contract-first conformance --help\)\.\n$/,
  ],
  [["", "http://127.0.0.1:9", "--header", "s3cret"], /^--header takes a name, ":" and a value \(see/],
])("ends with 2 and a sentence for %j", async ([name, ...args], sentence) => {
  const answer = await run(name || contract, ...args);
  expect(answer).toMatchObject({ code: 2, stdout: "" });
  expect(answer.stderr).toMatch(sentence);
  expect(answer.stderr).not.toContain("s3cret");
});
