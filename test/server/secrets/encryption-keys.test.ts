import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { EncryptionKeyError } from "../../../server/secrets/errors.ts";

// Bytes for which base64 and base64url differ.
const bytes = Buffer.alloc(32, 0xfb);

describe("parseEncryptionKeys", () => {
  test.each([bytes.toString("base64"), bytes.toString("base64url"), `${bytes.toString("base64url")}=`])(
    "reads %s",
    (encoded) => {
      const keys = parseEncryptionKeys(`2026-01:${encoded}`);
      expect(keys.get("2026-01")?.export()).toEqual(bytes);
    },
  );

  test("keeps the order and allows spaces between entries", () => {
    const encoded = () => randomBytes(32).toString("base64");
    expect([...parseEncryptionKeys(` b:${encoded()} , a:${encoded()}\n`).keys()]).toEqual(["b", "a"]);
  });

  const key = bytes.toString("base64");
  test.each([
    ["", "ENCRYPTION_KEYS: entry 1 must be written kid:key"],
    [key, "ENCRYPTION_KEYS: entry 1 must be written kid:key"],
    [`:${key}`, "ENCRYPTION_KEYS: entry 1 must be written kid:key"],
    [`a b:${key}`, "ENCRYPTION_KEYS: entry 1 must be written kid:key"],
    [`a:${key},`, "ENCRYPTION_KEYS: entry 2 must be written kid:key"],
    [`a:${key},b:${key.slice(1)}!`, "ENCRYPTION_KEYS: entry 2 must be written kid:key"],
    [`${key}:a`, "ENCRYPTION_KEYS: entry 1 must be written kid:key"],
    ["a:", "ENCRYPTION_KEYS: entry 1 holds a key of 0 bytes; write one of 32"],
    [
      `a:${bytes.subarray(16).toString("base64")}`,
      "ENCRYPTION_KEYS: entry 1 holds a key of 16 bytes; write one of 32",
    ],
    [
      `a:${key},b:${bytes.toString("hex")}`,
      "ENCRYPTION_KEYS: entry 2 holds a key of 48 bytes; write one of 32",
    ],
    [`a:${Buffer.alloc(32).toString("base64")}`, "ENCRYPTION_KEYS: entry 1 is all zeros"],
    [
      `a:${key},a:${randomBytes(32).toString("base64")}`,
      "ENCRYPTION_KEYS: entry 2 has the key id of an earlier one",
    ],
  ])("refuses %j with one sentence that holds nothing of a key", (text, sentence) => {
    let message = "";
    try {
      parseEncryptionKeys(text);
    } catch (error) {
      expect(error).toBeInstanceOf(EncryptionKeyError);
      message = (error as Error).message;
    }
    expect(message).toContain(sentence);
    expect(message).not.toContain(key.slice(2, 10));
  });

  test("names where the text comes from", () => {
    expect(() => parseEncryptionKeys("x", "data/development.key")).toThrow(
      /^data\/development\.key: entry 1 /,
    );
  });
});
