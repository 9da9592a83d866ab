import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { rolldown } from "rolldown";
import { type Plugin, rollup } from "rollup";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** All that each client exports; of the vendor's SDK the class that calls its API. */
const entries: Readonly<Record<string, string>> = {
  ours: `export * from ${JSON.stringify(here("../../client/src/index.ts"))};`,
  "openapi-fetch": 'export { default } from "openapi-fetch";',
  ky: `export { default } from ${JSON.stringify(createRequire(here("../peers/ky.mjs")).resolve("ky"))};`,
  auth0: 'export { ManagementClient } from "auth0";',
};

/** Bytes of each client, bundled, minified and compressed (gzip, level 9). */
export interface Size {
  readonly name: string;
  readonly esbuild: number;
  readonly rollup: number;
  readonly rolldown: number;
}

export async function measureSizes(): Promise<readonly Size[]> {
  const sizes: Size[] = [];
  for (const [name, code] of Object.entries(entries))
    sizes.push({
      name,
      esbuild: compressed(await byEsbuild(code)),
      rollup: compressed(await byRollup(code)),
      rolldown: compressed(await byRolldown(code)),
    });
  return sizes;
}

function compressed(code: string): number {
  return gzipSync(code, { level: 9 }).byteLength;
}

async function byEsbuild(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: here(".") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** It bundles alone: files are found, and TypeScript stripped and made small, by esbuild. */
async function byRollup(code: string): Promise<string> {
  const bundle = await rollup({ input: "entry", plugins: [entry(code), found], onLog: () => {} });
  const { output } = await bundle.generate({ format: "esm", inlineDynamicImports: true });
  return (await transform(output[0].code, { minify: true, format: "esm" })).code;
}

async function byRolldown(code: string): Promise<string> {
  const bundle = await rolldown({
    input: "entry",
    plugins: [entry(code)],
    platform: "browser",
    external: /^node:/,
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  return output[0].code;
}

const entry = (code: string) => ({
  name: "entry",
  resolveId: (id: string) => (id === "entry" ? here("entry.js") : null),
  load: (id: string) => (id === here("entry.js") ? code : null),
});

const found: Plugin = {
  name: "found",
  resolveId(source, importer = here("entry.js")) {
    if (source.startsWith("node:")) return { id: source, external: true };
    if (/^[./]/.test(source)) return fileURLToPath(new URL(source, pathToFileURL(importer)));
    const url = import.meta.resolve(source);
    return url.startsWith("node:") ? { id: url, external: true } : fileURLToPath(url);
  },
  transform: async (code, id) =>
    id.endsWith(".ts") ? (await transform(code, { loader: "ts", format: "esm" })).code : null,
};
