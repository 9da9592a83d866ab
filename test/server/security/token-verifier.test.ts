import type { JWK, JWTPayload } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import type { IssuerKeys } from "../../../server/security/issuer-keys.ts";
import { createTokenVerifier, type TokenVerifier } from "../../../server/security/token-verifier.ts";
import {
  importVerificationKeys,
  matchingKeys,
  type VerificationKey,
} from "../../../server/security/verification-keys.ts";
import { createSigningKey, signToken } from "./http-issuer.ts";

const issuer = "https://issuer.example/";
const audience = "https://api.example/api/v2/";
const start = 1_800_000_000;

const [first, second] = await Promise.all([createSigningKey("first"), createSigningKey("second")]);

const [firstKey, secondKey] = await Promise.all([importKey(first.publicJwk), importKey(second.publicJwk)]);

let time: number;
let lookups: number;
let keys: ReturnType<typeof createKeys>;
let verifier: TokenVerifier;

beforeEach(() => {
  time = start * 1_000;
  lookups = 0;
  keys = createKeys(firstKey);
  verifier = createTokenVerifier({ issuer, audience, keys, now: () => time });
});

async function importKey(publicJwk: JWK): Promise<VerificationKey> {
  const [key] = await importVerificationKeys({ keys: [publicJwk] });
  if (key === undefined) throw new Error("not a verification key");
  return key;
}

/** Keys that count how often a verification looks for one. */
function createKeys(...initial: VerificationKey[]) {
  let published = initial;
  let revision = 0;
  return {
    available: true,
    get revision() {
      return revision;
    },
    async find(query) {
      lookups += 1;
      return matchingKeys(published, query);
    },
    close() {},
    publish(...verificationKeys: VerificationKey[]) {
      published = verificationKeys;
      revision += 1;
    },
  } satisfies IssuerKeys & { publish: unknown };
}

function sign(changes: JWTPayload = {}, key = first): Promise<string> {
  return signToken(key, {
    iss: issuer,
    aud: audience,
    sub: "client",
    exp: start + 60,
    scope: "a b",
    ...changes,
  });
}

async function reasonOf(verify: () => unknown): Promise<unknown> {
  try {
    await verify();
    return "accepted";
  } catch (error) {
    return (error as { reason?: unknown }).reason;
  }
}

describe("a token verified before", () => {
  test("is answered at once, with the same principal", async () => {
    const token = await sign();
    expect(verifier.cached(token)).toBeUndefined();
    const principal = await verifier.verify(token);
    expect(principal).toEqual({
      subject: "client",
      user: "client",
      scopes: new Set(["a", "b"]),
      expiresAt: start + 60,
    });
    expect(verifier.verify(token)).toBe(principal);
    expect(verifier.cached(token)).toBe(principal);
    expect(lookups).toBe(1);
  });

  test("is refused from the moment it expires, with the tolerance of a fresh one", async () => {
    const token = await sign();
    await verifier.verify(token);
    time = (start + 65) * 1_000 - 1;
    expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
    expect(await reasonOf(async () => verifier.verify(await sign({ jti: "fresh, in time" })))).toBe(
      "accepted",
    );
    time += 1;
    expect(await reasonOf(() => verifier.verify(token))).toBe("expired");
    expect(await reasonOf(async () => verifier.verify(await sign({ jti: "fresh, late" })))).toBe("expired");
    expect(verifier.cached(token)).toBeUndefined();
  });

  test("is verified anew when the issuer's keys change, and refused when its key is gone", async () => {
    const token = await sign();
    await verifier.verify(token);
    keys.publish(firstKey, secondKey);
    expect(verifier.cached(token)).toBeUndefined();
    expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
    keys.publish(secondKey);
    expect(await reasonOf(() => verifier.verify(token))).toBe("unknown-key");
  });

  test("is not kept when the keys change while it is verified", async () => {
    const token = await sign();
    const verifying = verifier.verify(token);
    keys.publish(secondKey);
    verifier.cached("another request meanwhile");
    await verifying;
    expect(await reasonOf(() => verifier.verify(token))).toBe("unknown-key");
  });
});

test("a verified token vouches for no other with the same signature", async () => {
  const token = await sign();
  await verifier.verify(token);
  const [header, , signature] = token.split(".");
  const payload = Buffer.from(JSON.stringify({ iss: issuer, aud: audience, sub: "admin", exp: start + 60 }));
  const forged = `${header}.${payload.toString("base64url")}.${signature}`;
  expect(verifier.cached(forged)).toBeUndefined();
  expect(await reasonOf(() => verifier.verify(forged))).toBe("signature");
});

test("a token without a key id is held against every key of its algorithm", async () => {
  keys.publish(firstKey, secondKey);
  const token = await sign({}, { ...second, kid: undefined as never });
  expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
});

test.each(["", "x".repeat(8_193)])(
  "a token of an impossible length is refused before any work",
  async (token) => {
    expect(await reasonOf(() => verifier.verify(token))).toBe("malformed");
  },
);

test("many first uses of one token verify it once", async () => {
  const token = await sign();
  const principals = await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)));
  expect(new Set(principals).size).toBe(1);
  expect(lookups).toBe(1);
});

describe("a token refused before", () => {
  test.each([
    ["for its issuer", { iss: "https://other.example/" }, "issuer"],
    ["for its expiry", { exp: start - 60 }, "expired"],
  ])("%s is refused without verifying it again", async (_case, changes, reason) => {
    const token = await sign(changes);
    for (let round = 0; round < 3; round += 1) {
      expect(await reasonOf(() => verifier.verify(token))).toBe(reason);
    }
    expect(lookups).toBe(1);
  });

  test("for its signature is accepted once the key under its key id is another", async () => {
    const token = await sign({}, { ...second, kid: "first" });
    expect(await reasonOf(() => verifier.verify(token))).toBe("signature");
    keys.publish({ ...secondKey, kid: "first" });
    expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
  });

  test("while the keys changed is decided anew", async () => {
    const token = await sign({}, { ...second, kid: "first" });
    const verifying = reasonOf(() => verifier.verify(token));
    keys.publish({ ...secondKey, kid: "first" });
    verifier.cached("another request meanwhile");
    expect(await verifying).toBe("signature");
    expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
  });

  test("because it was not valid yet is accepted when it is", async () => {
    const token = await sign({ nbf: start + 30 });
    expect(await reasonOf(() => verifier.verify(token))).toBe("not-yet-valid");
    time += 25_000;
    expect(await reasonOf(() => verifier.verify(token))).toBe("accepted");
  });
});

/** Tokens near the limit of length, with as many scopes as fit: some 240 fill the cache. */
function signLargeTokens(count: number): Promise<string[]> {
  const permissions = Array.from({ length: 1_000 }, (_, index) => index.toString(36));
  return Promise.all(Array.from({ length: count }, (_, index) => sign({ jti: `${index}`, permissions })));
}

test("what is kept is bounded: the token unused for longest is forgotten", async () => {
  const tokens = await signLargeTokens(300);
  for (const token of tokens) await verifier.verify(token);
  const [oldest = ""] = tokens;
  expect(verifier.cached(oldest)).toBeUndefined();
  expect(verifier.cached(tokens.at(-1) ?? "")).toBeDefined();
});

test("a flood of bad tokens does not push out a good one", async () => {
  const good = await sign();
  await verifier.verify(good);
  const [header, payload] = good.split(".");
  for (let attempt = 0; attempt < 2_500; attempt += 1) {
    const bad = `${header}.${payload}.${`${attempt}`.padStart(7_800, "A")}`;
    expect(await reasonOf(() => verifier.verify(bad))).toBe("signature");
  }
  expect(verifier.cached(good)).toBeDefined();
});
