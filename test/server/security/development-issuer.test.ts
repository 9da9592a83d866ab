import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeJwt, exportJWK, generateKeyPair } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { openDevelopmentIssuer } from "../../../server/security/development-issuer.ts";
import { createTokenVerifier } from "../../../server/security/token-verifier.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const issuer = "http://127.0.0.1:3000/";
const audience = "http://127.0.0.1:3000/api/v2/";

let folder: string;
let keyFile: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  keyFile = join(folder, "data", "development-issuer.jwk");
});

const open = () => openDevelopmentIssuer({ keyFile, issuer, audience });

test("its tokens are verified with its own keys, without a request", async () => {
  const development = await open();
  const token = await development.sign({ subject: "developer", scopes: ["read:users", "b"], expiresIn: 60 });
  const verifier = createTokenVerifier({ issuer, audience, keys: development.keys });
  const principal = await verifier.verify(token);
  expect(principal).toMatchObject({ subject: "developer", scopes: new Set(["read:users", "b"]) });
  const { iat = 0 } = decodeJwt(token);
  expect(principal.expiresAt).toBe(iat + 60);
});

test("its key survives a restart, so tokens do too", async () => {
  const token = await (await open()).sign({ subject: "developer", scopes: [], expiresIn: 60 });
  const { keys } = await open();
  await expect(createTokenVerifier({ issuer, audience, keys }).verify(token)).resolves.toBeDefined();
});

test("the private key is in a file that only its owner reads, and not in what is served", async () => {
  const { jwks } = await open();
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  const { d } = JSON.parse(await readFile(keyFile, "utf8"));
  expect(d).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify(jwks)).not.toContain(d);
  expect(jwks.keys).toEqual([
    expect.objectContaining({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }),
  ]);
});

test("processes that start at once share one key and leave no draft behind", async () => {
  const issuers = await Promise.all(Array.from({ length: 20 }, open));
  const kids = new Set(issuers.map(({ jwks }) => jwks.keys[0]?.kid));
  expect(kids.size).toBe(1);
  expect(await readdir(join(folder, "data"))).toEqual(["development-issuer.jwk"]);
});

describe("a key file is refused in one sentence", () => {
  test("when other users can read it", async () => {
    await open();
    await chmod(keyFile, 0o644);
    await expect(open()).rejects.toThrow(
      `Other users of this machine can read the signing key in ${keyFile} (mode 0644): run chmod 600 on it, or delete it for a new one.`,
    );
  });

  test.each([
    ["empty", async () => ""],
    ["no JSON", async () => "secret"],
    ["null", async () => "null"],
    ["a public key", async () => JSON.stringify((await open()).jwks.keys[0])],
    [
      "a key of another type",
      async () => {
        const { privateKey } = await generateKeyPair("ES256", { extractable: true });
        return JSON.stringify(await exportJWK(privateKey));
      },
    ],
  ])("when it is %s", async (_case, content) => {
    await open();
    await writeFile(keyFile, await content());
    await expect(open()).rejects.toThrow(
      `${keyFile} does not hold an Ed25519 private key as a JSON Web Key: delete it for a new one.`,
    );
  });
});
