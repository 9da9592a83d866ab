import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  SignJWT,
} from "jose";
import { readOrCreatePrivateFile } from "../private-file.ts";
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
  return createDevelopmentIssuer(await readOrCreatePrivateKey(options.keyFile), options);
}

/** A development issuer whose key is in memory alone, and new for each. */
export async function createPassingIssuer(
  options: Omit<DevelopmentIssuerOptions, "keyFile">,
): Promise<DevelopmentIssuer> {
  return createDevelopmentIssuer(JSON.parse(await createPrivateKey()), options);
}

async function createDevelopmentIssuer(
  privateJwk: JWK,
  { issuer, audience }: Omit<DevelopmentIssuerOptions, "keyFile">,
): Promise<DevelopmentIssuer> {
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
      ageSeconds: 0,
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

async function readOrCreatePrivateKey(keyFile: string): Promise<JWK> {
  const text = await readOrCreatePrivateFile(
    keyFile,
    createPrivateKey,
    "the signing key",
    "delete it for a new one",
  );
  const jwk = parsePrivateKey(text);
  if (jwk === undefined) {
    throw new Error(
      `${keyFile} does not hold an Ed25519 private key as a JSON Web Key: delete it for a new one.`,
    );
  }
  return jwk;
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

async function createPrivateKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return `${JSON.stringify(await exportJWK(privateKey))}\n`;
}
