import { generateKeyPairSync } from "node:crypto";
import { exportJWK } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { IssuerUnavailableError } from "../../../server/security/errors.ts";
import {
  createIssuerKeys,
  type IssuerKeys,
  type IssuerKeysOptions,
} from "../../../server/security/issuer-keys.ts";
import { createTokenVerifier } from "../../../server/security/token-verifier.ts";
import {
  createSigningKey,
  type HttpIssuer,
  keySetPath,
  metadataPath,
  type SigningKey,
  signToken,
  startHttpIssuer,
} from "./http-issuer.ts";

const closers: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startIssuer(...keys: SigningKey[]): Promise<HttpIssuer> {
  const issuer = await startHttpIssuer();
  closers.push(() => issuer.goDown());
  issuer.publish(...keys);
  return issuer;
}

function open(options: Pick<IssuerKeysOptions, "issuer"> & Partial<IssuerKeysOptions>) {
  const warnings: string[] = [];
  const log = { warn: (message: string) => warnings.push(message), info() {} };
  const keys = createIssuerKeys({ log, ...options });
  closers.push(() => keys.close());
  return { keys, warnings };
}

async function findKids(keys: IssuerKeys, kid?: string): Promise<(string | undefined)[]> {
  const found = await keys.find({ algorithm: "ES256", kid });
  return found.map((key) => key.kid);
}

const [first, second] = await Promise.all([createSigningKey("first"), createSigningKey("second")]);

describe("where the keys come from", () => {
  test("OpenID Connect Discovery names the key set", async () => {
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url });
    expect(await findKids(keys, "first")).toEqual(["first"]);
    expect(issuer.requests).toEqual([metadataPath, keySetPath]);
    expect(keys.available).toBe(true);
  });

  test("an issuer with a trailing slash has its metadata at the same place", async () => {
    const issuer = await startIssuer(first);
    issuer.documents.set(metadataPath, { issuer: `${issuer.url}/`, jwks_uri: issuer.url + keySetPath });
    const { keys } = open({ issuer: `${issuer.url}/` });
    expect(await findKids(keys, "first")).toEqual(["first"]);
  });

  test("the metadata of RFC 8414 serves where there is no OpenID Connect, with the path after the well-known part", async () => {
    const issuer = await startIssuer(first);
    issuer.documents.delete(metadataPath);
    issuer.documents.set("/.well-known/oauth-authorization-server/tenant", {
      issuer: `${issuer.url}/tenant`,
      jwks_uri: issuer.url + keySetPath,
    });
    const { keys } = open({ issuer: `${issuer.url}/tenant` });
    expect(await findKids(keys, "first")).toEqual(["first"]);
  });

  test("a configured key set is fetched without metadata", async () => {
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: "https://issuer.example/", jwksUri: issuer.url + keySetPath });
    expect(await findKids(keys, "first")).toEqual(["first"]);
    expect(issuer.requests).toEqual([keySetPath]);
  });

  test.each(["http://issuer.example/", "ftp://localhost/", "issuer.example", "http://127.0.0.1.example/"])(
    "%s is refused, for keys could be replaced on their way",
    (issuer) => {
      expect(() => open({ issuer })).toThrow(
        `The issuer must be an https URL (http only on localhost), not "${issuer}".`,
      );
    },
  );
});

describe("which keys are used", () => {
  test("keys not meant for verifying, symmetric, private, short or broken are passed over", async () => {
    const issuer = await startIssuer(first);
    const shortRsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    const otherCurve = (await createSigningKey("", "ES384")).publicJwk;
    const { publicJwk } = second;
    issuer.documents.set(keySetPath, {
      keys: [
        { ...publicJwk, kid: "for-encryption", use: "enc" },
        { ...publicJwk, kid: "for-wrapping", use: undefined, key_ops: ["wrapKey"] },
        { ...publicJwk, kid: "for-nothing", use: undefined, key_ops: [] },
        { ...publicJwk, kid: "other-algorithm", alg: "ES384" },
        { ...publicJwk, kid: "curve-of-another-key", crv: "P-384" },
        { ...publicJwk, kid: "private", d: (await exportJWK(second.privateKey)).d },
        { ...otherCurve, kid: "other-curve", alg: undefined },
        { ...publicJwk, kid: "broken", x: "AA" },
        { kty: "oct", kid: "symmetric", k: "c2VjcmV0", alg: "ES256" },
        { ...shortRsa, kid: "short" },
        first.publicJwk,
      ],
    });
    const { keys } = open({ issuer: issuer.url });
    expect(await findKids(keys)).toEqual(["first"]);
    expect(await keys.find({ algorithm: "RS256", kid: undefined })).toEqual([]);
  });

  test("a token without a key id may be signed by any key of its algorithm", async () => {
    const issuer = await startIssuer(first, second);
    const { keys } = open({ issuer: issuer.url });
    expect(await findKids(keys)).toEqual(["first", "second"]);
    expect(await keys.find({ algorithm: "EdDSA", kid: undefined })).toEqual([]);
  });
});

describe("rotation", () => {
  test("an unknown key id is looked for at the issuer, once for all who ask", async () => {
    let time = 0;
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url, now: () => time });
    await findKids(keys, "first");
    const { revision } = keys;
    issuer.publish(second);
    time += 30_000;
    const found = await Promise.all(Array.from({ length: 50 }, () => findKids(keys, "second")));
    expect(found.every(([kid]) => kid === "second")).toBe(true);
    expect(issuer.requests.filter((path) => path === keySetPath)).toHaveLength(2);
    expect(keys.revision).not.toBe(revision);
    expect(await findKids(keys, "first")).toEqual([]);
  });

  test("a flood of unknown key ids reaches the issuer once in a cooldown", async () => {
    let time = 0;
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url, now: () => time });
    await findKids(keys, "first");
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(await findKids(keys, `unknown-${attempt}`)).toEqual([]);
      time += 600;
    }
    expect(issuer.requests.filter((path) => path === keySetPath)).toHaveLength(1 + 1);
  });

  test("keys are fetched again in the background before they are stale", async () => {
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url, maxAgeSeconds: 0.02 });
    await findKids(keys, "first");
    issuer.publish(second);
    await vi.waitFor(async () => expect(await findKids(keys)).toEqual(["second"]));
  });

  test("the same set fetched again changes no revision", async () => {
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url, maxAgeSeconds: 0.01 });
    await findKids(keys, "first");
    const { revision } = keys;
    await vi.waitFor(() => expect(issuer.requests.length).toBeGreaterThan(6));
    expect(keys.revision).toBe(revision);
  });
});

describe("an issuer in trouble", () => {
  test("while it is down the last good keys stay in use, with a warning", async () => {
    let time = 0;
    const issuer = await startIssuer(first);
    const { keys, warnings } = open({ issuer: issuer.url, now: () => time });
    await findKids(keys, "first");
    await issuer.goDown();
    time += 3_600_000;
    expect(await findKids(keys, "unknown")).toEqual([]);
    expect(await findKids(keys, "first")).toEqual(["first"]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The keys of the issuer .* cannot be fetched: .+\. The last good ones stay in use\.$/,
      ),
    ]);
  });

  test("when it was never reached, callers are told when to come back, and it recovers by itself", async () => {
    const issuer = await startIssuer(first);
    await issuer.goDown();
    const { keys, warnings } = open({ issuer: issuer.url });
    const error = await findKids(keys, "first").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IssuerUnavailableError);
    expect(error).toMatchObject({ statusCode: 503, retryAfter: 1 });
    expect(keys.available).toBe(false);
    expect(warnings[0]).toMatch(/cannot be fetched: connect ECONNREFUSED .+ No token can be verified\.$/);
    await issuer.comeBack();
    await vi.waitFor(() => expect(keys.available).toBe(true), { timeout: 10_000 });
    expect(await findKids(keys, "first")).toEqual(["first"]);
  });

  const redirect = (location: string) => ({ status: 302, headers: { location }, body: "" });
  test.each([
    ["answers 500", { status: 500, headers: {}, body: "{}" }, "answered 500"],
    ["redirects", redirect("http://127.0.0.1:1/jwks.json"), "answered 302"],
    ["is not JSON", { status: 200, headers: {}, body: "<html>" }, "does not hold a JSON object"],
    ["is no key set", { status: 200, headers: {}, body: '{"keys":[1]}' }, "does not hold a JSON Web Key Set"],
    ["has no usable key", { status: 200, headers: {}, body: '{"keys":[]}' }, "has no key for RS256"],
    [
      "is endless",
      { status: 200, headers: {}, body: `{"keys":[],"x":"${"x".repeat(600_000)}"}` },
      "is larger than 524288 bytes",
    ],
  ])("a key set that %s is refused", async (_case, { status, headers, body }, reason) => {
    const issuer = await startHttpIssuer((request, response) => {
      if (request.url !== keySetPath) return false;
      response.writeHead(status, headers).end(body);
      return true;
    });
    closers.push(() => issuer.goDown());
    const { keys, warnings } = open({ issuer: issuer.url });
    await expect(findKids(keys, "first")).rejects.toThrow(IssuerUnavailableError);
    expect(warnings[0]).toContain(reason);
  });

  test.each([
    [
      "names another issuer",
      { issuer: "https://other.example/" },
      'names the issuer "https://other.example/"',
    ],
    ["names no key set", { jwks_uri: undefined }, "has no jwks_uri"],
    ["names a key set without TLS", { jwks_uri: "http://keys.example/" }, "must be an https URL"],
  ])("metadata that %s are refused", async (_case, change, reason) => {
    const issuer = await startIssuer(first);
    const metadata = issuer.documents.get(metadataPath) as object;
    issuer.documents.set(metadataPath, { ...metadata, ...change });
    const { keys, warnings } = open({ issuer: issuer.url });
    await expect(findKids(keys, "first")).rejects.toThrow(IssuerUnavailableError);
    expect(warnings[0]).toContain(reason);
    expect(issuer.requests).not.toContain(keySetPath);
  });

  test("closing ends a fetch under way without a word", async () => {
    const issuer = await startHttpIssuer(() => true);
    closers.push(() => issuer.goDown());
    const { keys, warnings } = open({ issuer: issuer.url });
    const found = findKids(keys, "first");
    await vi.waitFor(() => expect(issuer.requests).toHaveLength(1));
    keys.close();
    await expect(found).rejects.toThrow(IssuerUnavailableError);
    expect(warnings).toEqual([]);
  });
});

describe("how long keys are believed", () => {
  test("an issuer out of reach ends it, for tokens verified before, too, until it is back", async () => {
    const issuer = await startIssuer(first);
    let time = Date.now();
    const { keys, warnings } = open({ issuer: issuer.url, now: () => time, believedSeconds: 900 });
    await findKids(keys);
    const verifier = createTokenVerifier({ issuer: issuer.url, audience: "api", keys, now: () => time });
    const token = await signToken(first, {
      iss: issuer.url,
      aud: "api",
      sub: "client",
      exp: Math.floor(time / 1_000) + 86_400,
    });
    expect(await verifier.verify(token)).toMatchObject({ subject: "client" });
    expect(keys.ageSeconds).toBe(0);
    await issuer.goDown();

    time += 900_000;
    expect(verifier.cached(token)).toBeDefined();
    expect(keys.available).toBe(true);
    time += 1;
    expect(keys.available).toBe(false);
    expect(verifier.cached(token)).toBeUndefined();
    await expect(verifier.verify(token)).rejects.toThrow(IssuerUnavailableError);
    expect(warnings).toEqual([expect.stringContaining("were last seen 900 seconds ago")]);
  });

  test("keys are fetched twice in the time that they are believed", async () => {
    const issuer = await startIssuer(first);
    const { keys } = open({ issuer: issuer.url, believedSeconds: 2 });
    await findKids(keys);
    await vi.waitFor(() => expect(issuer.requests.length).toBeGreaterThanOrEqual(6), 10_000);
    expect(await findKids(keys, "first")).toEqual(["first"]);
  });
});
