import { createCipheriv, createDecipheriv, hash, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import type { EncryptionKeys } from "./encryption-keys.ts";
import { DecryptionError, EncryptionKeyError } from "./errors.ts";

/** What a ciphertext belongs to. It decrypts with the same binding only, so it cannot be moved to another row. */
export type SecretBinding =
  | { readonly userId: string; readonly methodId: string }
  | { readonly scope: string; readonly key: string }
  | { readonly setting: string }
  | { readonly enrolmentOf: string };

const cipherName = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts to JWE compact serialization (RFC 7516) with `alg: dir`, `enc: A256GCM`, the `kid` of the key and a
 * private header parameter (section 4.3) `binding`: the SHA-256, in base64url, of `bindingText`. As part of the
 * protected header it is authenticated with the ciphertext, so that neither can be exchanged.
 *
 * Nonces are random: a key is good for 2³² encryptions (NIST SP 800-38D, section 8.3), then rotate it.
 *
 * By node:crypto and not by jose, which reads and writes the same at three times the cost to the one thread
 * that serves all requests. A key derived for each row would cost it as much as all else of a create.
 */
export class SecretCipher {
  /** The variable that the keys come from, named where one is missing. */
  readonly source: string;
  #keys: EncryptionKeys;
  #kid: string;
  #key: KeyObject;
  /** How often each key has encrypted since the process began, by its id. */
  readonly encryptions = new Map<string, number>();
  /** How often a secret could not be decrypted since then. */
  undecryptable = 0;

  constructor(keys: EncryptionKeys, source = "ENCRYPTION_KEYS") {
    this.source = source;
    [this.#kid, this.#key] = currentKey(keys);
    this.#keys = keys;
  }

  /** The ids of the keys, the one that encrypts first. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** From now on encrypts and decrypts with these keys. */
  replaceKeys(keys: EncryptionKeys): void {
    [this.#kid, this.#key] = currentKey(keys);
    this.#keys = keys;
  }

  encrypt(plaintext: string, binding: SecretBinding): string {
    this.encryptions.set(this.#kid, (this.encryptions.get(this.#kid) ?? 0) + 1);
    const fields = { alg: "dir", enc: "A256GCM", kid: this.#kid, binding: digest(binding) };
    const header = Buffer.from(JSON.stringify(fields)).toString("base64url");
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(cipherName, this.#key, iv, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(header, "ascii"));
    const ciphertext = cipher.update(plaintext, "utf8", "base64url") + cipher.final("base64url");
    const tag = cipher.getAuthTag().toString("base64url");
    return `${header}..${iv.toString("base64url")}.${ciphertext}.${tag}`;
  }

  /** Whether the text is encrypted as `encrypt` does it now. */
  isCurrent(jwe: string): boolean {
    const [header = ""] = jwe.split(".", 1);
    const { kid, binding } = parseHeader(header);
    return kid === this.#kid && binding !== undefined;
  }

  /** @throws DecryptionError where the key is unknown, or the text is damaged or of another binding. */
  decrypt(jwe: string, binding: SecretBinding): string {
    try {
      return this.#decrypt(jwe, binding);
    } catch (error) {
      this.undecryptable += 1;
      throw error;
    }
  }

  #decrypt(jwe: string, binding: SecretBinding): string {
    const [header = "", encryptedKey, iv, ciphertext, tag, ...rest] = jwe.split(".");
    if (encryptedKey !== "" || !iv || ciphertext === undefined || !tag || rest.length > 0) {
      throw new DecryptionError("The secret is no JWE in compact serialization.");
    }
    const fields = parseHeader(header);
    const key = this.#keyOf(fields);
    try {
      const options = { authTagLength: tagBytes };
      const decipher = createDecipheriv(
        cipherName,
        contentKey(key, fields, binding),
        Buffer.from(iv, "base64url"),
        options,
      );
      decipher.setAAD(Buffer.from(header, "ascii"));
      decipher.setAuthTag(Buffer.from(tag, "base64url"));
      return decipher.update(ciphertext, "base64url", "utf8") + decipher.final("utf8");
    } catch {
      throw new DecryptionError("The secret has been damaged, or moved here from another row.");
    }
  }

  #keyOf({ alg, enc, kid }: Record<string, unknown>): KeyObject {
    if (alg !== "dir" || enc !== "A256GCM" || typeof kid !== "string") {
      throw new DecryptionError("The secret is encrypted in a way that is not used here.");
    }
    const key = this.#keys.get(kid);
    if (!key)
      throw new DecryptionError(`The secret is encrypted under a key that is not in ${this.source}: ${kid}.`);
    return key;
  }
}

function currentKey(keys: EncryptionKeys): [string, KeyObject] {
  const [current] = keys;
  if (!current) throw new EncryptionKeyError("At least one encryption key is needed.");
  return current;
}

/** What was encrypted before there was a header parameter `binding` is bound by a key derived for it (RFC 5869). */
function contentKey(key: KeyObject, fields: Record<string, unknown>, binding: SecretBinding) {
  if (fields.binding === digest(binding)) return key;
  if (fields.binding !== undefined) throw new Error("The ciphertext is bound to something else.");
  const info = hash("sha256", bindingText(binding), "buffer");
  return new Uint8Array(hkdfSync("sha256", key, "", info, 32));
}

function digest(binding: SecretBinding): string {
  return hash("sha256", bindingText(binding), "base64url");
}

/** For example `[["methodId","totp|dev_0123456789abcdef"],["userId","auth0|1"]]`: sorted, and unambiguous. */
function bindingText(binding: SecretBinding): string {
  return JSON.stringify(Object.entries(binding).sort());
}

/** The id of the key that a text is encrypted under; undefined where it names none. */
export function keyIdOf(jwe: string): string | undefined {
  const { kid } = parseHeader(jwe.split(".", 1)[0] ?? "");
  return typeof kid === "string" ? kid : undefined;
}

/** Nothing at all where it is no JSON object. */
function parseHeader(header: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(header, "base64url").toString()));
  } catch {
    return {};
  }
}
