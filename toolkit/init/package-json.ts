import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { isObject, type JsonObject } from "../openapi/json.ts";
import { kebabCase } from "./names.ts";

const scripts = {
  start: "node server/main.ts",
  dev: "contract-first dev",
  generate: "contract-first generate",
  mock: "contract-first mock openapi/openapi.yaml",
  docs: "contract-first docs openapi/openapi.yaml --out docs-site",
  lint: "redocly lint openapi/openapi.yaml",
  types: "tsc",
  test: 'contract-first generate --check && tsc && node --test --test-global-setup=test/coverage.ts "test/**/*.test.ts"',
};

/** What a project of its own needs beside what the toolkit names as its peers. */
const others = {
  dependencies: { jose: "^6.2.17" },
  devDependencies: { "@types/node": "^24.19.2", "openapi-typescript": "^7.13.0", typescript: "~5.9.3" },
};

const peersAtRunTime = ["fastify", "fastify-openapi-glue", "prom-client"];

/**
 * Makes a package.json, or adds to the one that is there what it lacks.
 *
 * @returns the names of the packages that it needs
 */
export async function writePackageJson(folder: string): Promise<string[]> {
  const file = join(folder, "package.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const written: unknown = text === undefined ? {} : JSON.parse(text);
  if (!isObject(written)) throw new Error(`${file} is no object: correct it.`);
  const { version, peerDependencies } = createRequire(import.meta.url)("contract-first/package.json");
  const peers = Object.entries<string>(peerDependencies);
  const isAtRunTime = ([name]: [string, string]) => peersAtRunTime.includes(name);
  const dependencies = {
    ...others.dependencies,
    "contract-first": `^${version}`,
    ...Object.fromEntries(peers.filter(isAtRunTime)),
  };
  const development = {
    ...others.devDependencies,
    ...Object.fromEntries(peers.filter((peer) => !isAtRunTime(peer))),
  };
  const declared = { ...(written.dependencies as object), ...(written.devDependencies as object) };
  const added = (wanted: object) =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !Object.hasOwn(declared, name)));
  const result: JsonObject = {
    name: kebabCase(basename(resolve(folder))) || "service",
    version: "0.0.0",
    private: true,
    ...written,
    type: "module",
    engines: { node: ">=24", ...(written.engines as object) },
    scripts: { ...scripts, ...withoutPlaceholder(written.scripts) },
    dependencies: sorted({ ...added(dependencies), ...(written.dependencies as object) }),
    devDependencies: sorted({ ...added(development), ...(written.devDependencies as object) }),
  };
  const made = `${JSON.stringify(result, null, 2)}\n`;
  if (made !== text) await writeFile(file, made);
  return [...Object.keys(dependencies), ...Object.keys(development)];
}

/** `npm init` writes a test that fails. */
function withoutPlaceholder(given: unknown): object {
  const entries = isObject(given) ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.filter(([name, command]) => name !== "test" || !String(command).includes("no test specified")),
  );
}

function sorted(dependencies: object): object {
  return Object.fromEntries(
    Object.entries(dependencies).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
