import type { Helpers } from "./library.ts";

/** Flags of user presence and attested credential data (W3C WebAuthn Level 3, section 6.1). */
const flags = 0x41;
/** What stands before the key in authenticator data with a credential id of no bytes. */
const headerBytes = 55;
/** A DER signature of r = s = 1: of a form that every algorithm reads, and right for no key. */
const wrongSignature = Uint8Array.from([0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]);

type Key = Uint8Array<ArrayBuffer>;

/**
 * Whether the bytes are one COSE key (RFC 9052, section 7) and nothing else: of keys in creates only the base64 is
 * looked at. SimpleWebAuthn does not mind bytes behind a key; only where it reads authenticator data does it count
 * them, so the key is read as the end of some.
 */
export function isWholeKey(key: Key, { parseAuthenticatorData }: Helpers): boolean {
  const data = new Uint8Array(headerBytes + key.length);
  data[32] = flags;
  data.set(key, headerBytes);
  try {
    return parseAuthenticatorData(data).credentialPublicKey !== undefined;
  } catch {
    return false;
  }
}

/** Whether signatures can be checked with the key. */
export async function isUsableKey(key: Key, helpers: Helpers): Promise<boolean> {
  if (!isWholeKey(key, helpers)) return false;
  try {
    await helpers.verifySignature({
      credentialPublicKey: key,
      data: new Uint8Array(),
      signature: wrongSignature,
    });
    return true;
  } catch {
    return false;
  }
}
