import { freePort } from "../../test/support/free-port.ts";
import { type BenchedServer, start } from "../server.ts";

const modules = "bench/mock/node_modules";

/** Each mock as its users start it, given a document and a port. */
const commands = {
  ours: (document: string, port: string) => ["bin/authentication-methods.js", "mock", document, "-p", port],
  Prism: (document: string, port: string) => [
    `${modules}/@stoplight/prism-cli/dist/index.js`,
    "mock",
    document,
    "-p",
    port,
  ],
  Scalar: (document: string, port: string) => ["bench/mock/scalar.mjs", document, port],
  "openapi-backend": (document: string, port: string) => ["bench/peers/mock.mjs", document, port],
  Mockoon: (document: string, port: string) => [
    `${modules}/@mockoon/cli/bin/run.js`,
    "start",
    "--data",
    document,
    "--port",
    port,
    "--hostname",
    "127.0.0.1",
    "--disable-admin-api",
  ],
} as const;

export type MockName = keyof typeof commands;

export const mockNames = Object.keys(commands) as readonly MockName[];

export const mockVersions = {
  "bench/mock/package.json": ["@stoplight/prism-cli", "@scalar/mock-server", "@mockoon/cli"],
  "bench/peers/package.json": ["openapi-backend"],
} as const;

/** Starts a mock on a free port. */
export async function startMock(
  name: MockName,
  document: string,
  timeoutMilliseconds?: number,
): Promise<BenchedServer> {
  const port = await freePort();
  const options = { port, ...(timeoutMilliseconds !== undefined && { timeoutMilliseconds }) };
  return start(commands[name](document, String(port)), {}, options);
}
