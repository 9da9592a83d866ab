import { randomFillSync } from "node:crypto";
import type { AuthenticationMethodType } from "../store/store.ts";

const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const length = 16;
/** Bytes from here on would make the first characters of the alphabet likelier than the last. */
const unbiased = 256 - (256 % idAlphabet.length);

/** Filled for many ids at once: a call for each would cost ten times as much. */
const pool = new Uint8Array(4096);
let used = pool.length;

/** An unguessable id: `<type>|dev_` and 16 characters of `[A-Za-z0-9]`, 95 bits. */
export function newAuthenticationMethodId(type: AuthenticationMethodType): string {
  let id = `${type}|dev_`;
  const end = id.length + length;
  while (id.length < end) {
    const byte = randomByte();
    if (byte < unbiased) id += idAlphabet[byte % idAlphabet.length];
  }
  return id;
}

function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] as number;
  used += 1;
  return byte;
}
