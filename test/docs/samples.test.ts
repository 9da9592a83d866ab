import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { type ApiError, createClient, unwrap } from "../../client/src/index.ts";
import contract from "../../generated/openapi.json" with { type: "json" };
import { email, passkey, phone, securityKey, totp } from "../support/methods.ts";
import { maskedScopes, startServer, type TestServer } from "../support/server.ts";
import { createMethod, createUser, methodsOf } from "../support/users.ts";
import { renderedDocs } from "./site.ts";

// A busy machine takes its time where a test renders the docs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const site = await renderedDocs();
const ada = "5f7c8ec7c33c6c004bbafe82";
const operations = Object.values(contract.paths).flatMap((path) =>
  Object.values(path).flatMap((operation) => ("operationId" in operation ? [operation.operationId] : [])),
);

/** What an example cannot know: a code or session of this moment, and a webhook that is set up. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  confirmAuthenticationEnrolment: ["403 challenge_expired"],
  createAuthenticationChallenge: ["503 delivery_not_configured"],
  startAuthenticationEnrolment: ["503 delivery_not_configured"],
  verifyAuthenticationMethod: ["403 challenge_expired", "403 verification_failed"],
  verifyPasskey: ["403 challenge_expired", "403 verification_failed"],
};

/** What finds, or asks for, a user who has none. */
const ofNoMethods: ReadonlySet<string> = new Set([
  "createAuthenticationMethod",
  "deleteAuthenticationMethods",
  "replaceAuthenticationMethods",
  "startAuthenticationEnrolment",
]);

/** Every sample of an operation's page in a language, as it is shown. */
function samplesOf(operation: string, language: string): readonly string[] {
  const page = readFileSync(new URL(`${operation}.html`, site), "utf8");
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#x27": "'", amp: "&" };
  const shown = page.matchAll(
    new RegExp(`data-language="${language}" data-example="[^"]*"[\\s\\S]*?<code>([\\s\\S]*?)</code>`, "g"),
  );
  return [...shown].map(([, markup = ""]) =>
    markup.replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all),
  );
}

/** The user of the examples with a method of each type, as far as the operation does not create it. */
async function prepared(server: TestServer, operation: string, sample: string): Promise<string> {
  await server.call(`/users/auth0%7C${ada}`, { method: "DELETE" });
  let text = sample.replaceAll("http://127.0.0.1:3000", server.origin);
  if (operation === "createUser") return text;
  await createUser(server, ada);
  if (ofNoMethods.has(operation)) return text;
  for (const body of [phone(7), email(7), totp(7), securityKey(7), passkey(7)]) {
    const { id } = await createMethod(server, methodsOf(`auth0|${ada}`), body);
    const serial = id.slice(id.indexOf("dev_"));
    text = text.replace(new RegExp(`(${body.type}(?:\\||%7C))dev_\\w+`, "g"), `$1${serial}`);
  }
  return text;
}

function expectUnderstood(operation: string, outcome: string): void {
  if (/^2\d\d/.test(outcome)) return;
  expect(refusals[operation] ?? [], operation).toContain(outcome);
}

/** What became of a request, as `404 inexistent_user`. */
function outcomeOf(status: number, body: string): string {
  const code = /"errorCode":"(\w+)"/.exec(body)?.[1];
  return [status, code].filter(Boolean).join(" ");
}

test("every sample of curl is a request that the server understands", async () => {
  const server = await startServer();
  const TOKEN = await server.token(maskedScopes);
  for (const operation of operations) {
    const samples = samplesOf(operation, "curl");
    expect(samples.length, operation).toBeGreaterThan(0);
    for (const sample of samples) {
      const text = await prepared(server, operation, sample);
      const told = await new Promise<string>((resolve) => {
        const command = text.replace(/^curl/, "curl --silent --write-out '\\n%{http_code}'");
        execFile("sh", ["-c", command], { env: { ...process.env, TOKEN } }, (_error, out) => resolve(out));
      });
      const [, body = "", status] = /^([\s\S]*)\n(\d+)$/.exec(told) ?? [];
      expectUnderstood(operation, outcomeOf(Number(status), body));
    }
  }
});

test("every sample of the typed client is one, too", async () => {
  const server = await startServer();
  const env = { TOKEN: await server.token(maskedScopes) };
  for (const operation of operations) {
    const samples = samplesOf(operation, "Typed client");
    expect(samples.length, operation).toBeGreaterThan(0);
    for (const sample of samples) {
      const text = (await prepared(server, operation, sample)).replace(/^import .*$/gm, "");
      const run = new Function(
        "createClient, unwrap, process, console",
        `return (async () => { ${text} })()`,
      );
      const outcome = await run(createClient, unwrap, { env }, { log() {} }).then(
        () => "200",
        ({ status, body }: ApiError) => outcomeOf(status, JSON.stringify(body)),
      );
      expectUnderstood(operation, outcome);
    }
  }
});
