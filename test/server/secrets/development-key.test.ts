import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { loadDevelopmentKey, loadOrCreateDevelopmentKey } from "../../../server/secrets/development-key.ts";
import { EncryptionKeyError } from "../../../server/secrets/errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const binding = { setting: "test" };

describe("loadOrCreateDevelopmentKey", () => {
  test("makes a key that only the owner can read, and gives the same the next time", async () => {
    const folder = join(await temporaryFolder(), "data");
    const path = join(folder, "development.key");
    const jwe = new SecretCipher(await loadOrCreateDevelopmentKey(path)).encrypt("secret", binding);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(new SecretCipher(await loadOrCreateDevelopmentKey(path)).decrypt(jwe, binding)).toBe("secret");
    expect(await readdir(folder)).toEqual(["development.key"]);
  });

  test("gives all who start at once the same key", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "development.key");
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateDevelopmentKey(path)));
    const exported = keys.map((each) =>
      [...each].map(([kid, key]) => `${kid} ${key.export().toString("hex")}`).join(),
    );
    expect(new Set(exported).size).toBe(1);
    expect(await readdir(folder)).toEqual(["development.key"]);
  });

  test("gives each key an id of its own, so that what another has encrypted is not taken for damaged", async () => {
    const folder = await temporaryFolder();
    const [one, other] = await Promise.all(
      ["one", "other"].map(
        async (name) => new SecretCipher(await loadOrCreateDevelopmentKey(join(folder, name))),
      ),
    );
    const jwe = one?.encrypt("secret", binding) ?? "";
    expect(() => other?.decrypt(jwe, binding)).toThrow(
      /^The secret is encrypted under a key that is not in ENCRYPTION_KEYS: development-[0-9a-f]{12}\.$/,
    );
  });

  test("goes on with a key from before keys had ids of their own", async () => {
    const path = join(await temporaryFolder(), "development.key");
    await writeFile(path, `development:${Buffer.alloc(32, 5).toString("base64url")}\n`, { mode: 0o600 });
    expect([...(await loadOrCreateDevelopmentKey(path)).keys()]).toEqual(["development"]);
  });

  test("makes none where one is only to be read", async () => {
    const folder = await temporaryFolder();
    await expect(loadDevelopmentKey(join(folder, "development.key"))).rejects.toThrow(
      /^There is no .*ENCRYPTION_KEYS\.$/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test("refuses a file that holds no key, and leaves it as it is", async () => {
    const path = join(await temporaryFolder(), "development.key");
    await writeFile(path, "not a key", { mode: 0o600 });
    await expect(loadOrCreateDevelopmentKey(path)).rejects.toThrow(
      new EncryptionKeyError(
        `${path}: entry 1 must be written kid:key, the key in base64, for instance by openssl rand -base64 32.`,
      ),
    );
    expect(await readFile(path, "utf8")).toBe("not a key");
  });

  test("refuses a key that other users of the machine can read", async () => {
    const path = join(await temporaryFolder(), "development.key");
    await loadOrCreateDevelopmentKey(path);
    await chmod(path, 0o640);
    await expect(loadOrCreateDevelopmentKey(path)).rejects.toThrow(
      new EncryptionKeyError(
        `Other users of this machine can read the encryption key in ${path} (mode 0640): run chmod 600 on it.`,
      ),
    );
  });

  test("says what to do where the file cannot be created", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    await expect(loadOrCreateDevelopmentKey(join(file, "development.key"))).rejects.toThrow(
      /can be neither read nor created \(ENOTDIR.*\): make its folder writable, or give ENCRYPTION_KEYS\.$/,
    );
  });
});
