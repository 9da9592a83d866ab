/** The encryption keys cannot be used; the message is one sentence for the operator and holds nothing of a key. */
export class EncryptionKeyError extends Error {
  override readonly name = "EncryptionKeyError";
}

/** A ciphertext cannot be decrypted; the message says why and holds nothing of what it hides. */
export class DecryptionError extends Error {
  override readonly name = "DecryptionError";
}
