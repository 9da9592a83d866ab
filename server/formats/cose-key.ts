import { decodePartialCBOR } from "@levischuck/tiny-cbor";

/** The labels of a COSE_Key (RFC 9052, section 7; RFC 9053, section 7; RFC 8230, section 4). */
const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;
const keyType = { okp: 1, ec2: 2, rsa: 3 } as const;

/** By curve: what signs with it, and how many bytes a coordinate has (IANA's registries of COSE). */
const octetCurves: ReadonlyMap<unknown, { readonly algorithms: readonly number[]; readonly bytes: number }> =
  new Map([
    [6, { algorithms: [-8, -19], bytes: 32 }], // Ed25519: EdDSA, Ed25519
    [7, { algorithms: [-8, -53], bytes: 57 }], // Ed448: EdDSA, Ed448
  ]);
const ellipticCurves: typeof octetCurves = new Map([
  [1, { algorithms: [-7, -9], bytes: 32 }], // P-256: ES256, ESP256
  [2, { algorithms: [-35, -51], bytes: 48 }], // P-384: ES384, ESP384
  [3, { algorithms: [-36, -52], bytes: 66 }], // P-521: ES512, ESP512
  [8, { algorithms: [-47], bytes: 32 }], // secp256k1: ES256K
]);
/** RS256, RS384, RS512, PS256, PS384, PS512, and RS1, which some TPMs have no better than. */
const rsaAlgorithms: readonly unknown[] = [-257, -258, -259, -37, -38, -39, -65535];
const minimumRsaBytes = 256;

/**
 * Whether base64 (RFC 4648, section 4) holds the public key of a WebAuthn credential: a COSE_Key and nothing behind it,
 * whose type, algorithm, curve and lengths agree (Web Authentication, section 5.8.5: with an `alg`, without points in
 * compressed form).
 */
export function isCoseKey(base64: string): boolean {
  const key = decode(base64);
  if (key === undefined) return false;
  const alg = key.get(label.alg);
  switch (key.get(label.kty)) {
    case keyType.okp: {
      const curve = octetCurves.get(key.get(label.crv));
      return curve?.algorithms.includes(alg as number) === true && isPoint([key.get(label.x)], curve.bytes);
    }
    case keyType.ec2: {
      const curve = ellipticCurves.get(key.get(label.crv));
      const point = [key.get(label.x), key.get(label.y)];
      return curve?.algorithms.includes(alg as number) === true && isPoint(point, curve.bytes);
    }
    case keyType.rsa:
      return rsaAlgorithms.includes(alg) && isRsaKey(key.get(label.n), key.get(label.e));
    default:
      return false;
  }
}

function decode(base64: string): ReadonlyMap<unknown, unknown> | undefined {
  // Of a buffer of its own: the decoder reads from the start of the memory that a view is of.
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  try {
    const [value, length] = decodePartialCBOR(bytes, 0);
    return value instanceof Map && length === bytes.length ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPoint(coordinates: readonly unknown[], bytes: number): boolean {
  const all = coordinates.filter(
    (each) => each instanceof Uint8Array && each.length === bytes,
  ) as Uint8Array[];
  return all.length === coordinates.length && all.some((each) => each.some((byte) => byte !== 0));
}

function isRsaKey(modulus: unknown, exponent: unknown): boolean {
  if (!(modulus instanceof Uint8Array && exponent instanceof Uint8Array)) return false;
  // RFC 8230, section 4: without leading zeros. Both are odd in every key.
  const isOdd = (number: Uint8Array) => number[0] !== 0 && ((number.at(-1) ?? 0) & 1) === 1;
  return modulus.length >= minimumRsaBytes && isOdd(modulus) && isOdd(exponent) && exponent.join() !== "1";
}
