import type { webcrypto } from "node:crypto";
import type { JSONWebKeySet, JWK } from "jose";
import { importJWK } from "jose/key/import";

/** The signature algorithms accepted (RFC 7518, RFC 8037, RFC 9864): asymmetric ones only, and never `none`. */
export const signatureAlgorithms = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A public key together with the one algorithm it may verify here. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithm: SignatureAlgorithm;
  readonly key: webcrypto.CryptoKey;
}

/** What a token's header says about the key that signed it. */
export interface KeyQuery {
  readonly algorithm: SignatureAlgorithm;
  /** Absent: any key of the algorithm. */
  readonly kid: string | undefined;
}

/** By `kty`. Whether the curve fits too shows when a key is imported for the algorithm. */
const algorithmsOfType: ReadonlyMap<string | undefined, readonly SignatureAlgorithm[]> = new Map([
  ["RSA", ["RS256", "PS256"]],
  ["EC", ["ES256"]],
  ["OKP", ["EdDSA", "Ed25519"]],
]);

/** RFC 7518, section 3.3: a shorter RSA key must not be used. */
const minimumRsaBits = 2048;

/** Whether a value read from elsewhere is a JSON Web Key Set (RFC 7517, section 5). */
export function isJsonWebKeySet(value: unknown): value is JSONWebKeySet {
  return (
    isRecord(value) &&
    Array.isArray(value.keys) &&
    value.keys.every((key) => isRecord(key) && typeof key.kty === "string")
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * The keys of a set that can verify a signature with an accepted algorithm. The others are passed over, as
 * RFC 7517 section 5 asks: symmetric and private ones, those for encryption, other curves, short RSA keys, broken ones.
 */
export async function importVerificationKeys(set: JSONWebKeySet): Promise<readonly VerificationKey[]> {
  const imports = set.keys.flatMap((jwk) =>
    algorithmsOf(jwk).map((algorithm) => importVerificationKey(jwk, algorithm)),
  );
  return (await Promise.all(imports)).filter((key) => key !== undefined);
}

/** The keys that may have made the signature of a token with this header. */
export function matchingKeys(keys: readonly VerificationKey[], query: KeyQuery): readonly VerificationKey[] {
  return keys.filter(
    (key) => key.algorithm === query.algorithm && (query.kid === undefined || key.kid === query.kid),
  );
}

function algorithmsOf(jwk: JWK): readonly SignatureAlgorithm[] {
  const isForVerifying =
    (jwk.use === undefined || jwk.use === "sig") &&
    (jwk.key_ops === undefined || (Array.isArray(jwk.key_ops) && jwk.key_ops.includes("verify")));
  if (!isForVerifying || jwk.d !== undefined) return [];
  const fitting = algorithmsOfType.get(jwk.kty) ?? [];
  // RFC 9864 gave what `EdDSA` does with this curve a name of its own; an issuer may write either in either place.
  if (jwk.kty === "OKP")
    return jwk.alg === undefined || fitting.some((each) => each === jwk.alg) ? fitting : [];
  return jwk.alg === undefined ? fitting : fitting.filter((algorithm) => algorithm === jwk.alg);
}

async function importVerificationKey(
  jwk: JWK,
  algorithm: SignatureAlgorithm,
): Promise<VerificationKey | undefined> {
  try {
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array || isShortRsaKey(key)) return undefined;
    return { kid: jwk.kid, algorithm, key };
  } catch {
    return undefined;
  }
}

function isShortRsaKey(key: webcrypto.CryptoKey): boolean {
  const { modulusLength } = key.algorithm as Partial<webcrypto.RsaHashedKeyAlgorithm>;
  return modulusLength !== undefined && modulusLength < minimumRsaBits;
}
