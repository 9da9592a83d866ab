import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from "jose";
import type { IssuerKeys } from "./issuer-keys.ts";
import { importVerificationKeys, matchingKeys } from "./verification-keys.ts";

/** Signs the tokens of a server that has no issuer of its own yet. Not for production: whoever runs it is anybody. */
export interface DevelopmentIssuer {
  readonly issuer: string;
  /** The public key only, to be served as it is. */
  readonly jwks: JSONWebKeySet;
  /** The same key for a token verifier: no request is needed to verify its tokens. */
  readonly keys: IssuerKeys;
  sign(claims: DevelopmentClaims): Promise<string>;
}

export interface DevelopmentClaims {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Seconds from now. */
  readonly expiresIn: number;
}

export interface DevelopmentIssuerOptions {
  /** Where the private key is kept as a JSON Web Key (RFC 7517); made when it is not there. */
  readonly keyFile: string;
  readonly issuer: string;
  readonly audience: string;
}

const algorithm = "EdDSA";

/**
 * Opens the development issuer with the key in `keyFile`. Several processes may do so at once: all get the same key.
 *
 * @throws Error in one sentence when the file holds no such key, or other users of the machine can read it
 */
export async function openDevelopmentIssuer(options: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> {
  const { keyFile, issuer, audience } = options;
  const privateJwk = (await readPrivateKey(keyFile)) ?? (await createPrivateKey(keyFile));
  const { d: _private, ...publicJwk } = privateJwk;
  const kid = await calculateJwkThumbprint(publicJwk);
  const jwks: JSONWebKeySet = { keys: [{ ...publicJwk, kid, alg: algorithm, use: "sig" }] };
  const privateKey = await importJWK(privateJwk, algorithm);
  const keys = await importVerificationKeys(jwks);

  return {
    issuer,
    jwks,
    keys: {
      available: true,
      revision: 0,
      find: async (query) => matchingKeys(keys, query),
      close() {},
    },
    sign({ subject, scopes, expiresIn }) {
      const issuedAt = Math.floor(Date.now() / 1_000);
      return new SignJWT({ scope: scopes.join(" ") })
        .setProtectedHeader({ alg: algorithm, typ: "JWT", kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + expiresIn)
        .sign(privateKey);
    },
  };
}

async function readPrivateKey(keyFile: string): Promise<JWK | undefined> {
  let text: string;
  try {
    text = await readFile(keyFile, "utf8");
  } catch (error) {
    if (isErrorWithCode(error, "ENOENT")) return undefined;
    throw error;
  }
  await requirePrivacy(keyFile);
  const jwk = parsePrivateKey(text);
  if (jwk === undefined) {
    throw new Error(
      `${keyFile} does not hold an Ed25519 private key as a JSON Web Key: delete it for a new one.`,
    );
  }
  return jwk;
}

/** A key that others could read must be taken for known to them, so it is refused rather than quietly hidden. */
async function requirePrivacy(keyFile: string): Promise<void> {
  if (process.platform === "win32") return;
  const mode = (await stat(keyFile)).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Error(
    `Other users of this machine can read the signing key in ${keyFile} (mode ${mode.toString(8).padStart(4, "0")}): run chmod 600 on it, or delete it for a new one.`,
  );
}

function parsePrivateKey(text: string): JWK | undefined {
  try {
    const { kty, crv, x, d } = JSON.parse(text);
    const isComplete = kty === "OKP" && crv === "Ed25519" && typeof x === "string" && typeof d === "string";
    return isComplete ? { kty, crv, x, d } : undefined;
  } catch {
    return undefined;
  }
}

async function createPrivateKey(keyFile: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  await mkdir(dirname(keyFile), { recursive: true });
  const draft = `${keyFile}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(jwk)}\n`, { flag: "wx", mode: 0o600 });
  try {
    // Unlike a rename, a link never replaces the key that another process made meanwhile.
    await link(draft, keyFile);
    return jwk;
  } catch (error) {
    const existing = isErrorWithCode(error, "EEXIST") ? await readPrivateKey(keyFile) : undefined;
    if (existing === undefined) throw error;
    return existing;
  } finally {
    await unlink(draft);
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
