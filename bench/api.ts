import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type autocannon from "autocannon";
import packageJson from "../package.json" with { type: "json" };
import {
  type AuthenticationMethodType,
  authenticationMethodTypes,
  createRequest,
} from "./create-requests.ts";
import { startIssuer } from "./issuer.ts";
import { type BenchedServer, start } from "./server.ts";

/** The server that `npm start` runs, in production settings, and what it is compared with. */
export interface BenchedApi {
  readonly api: BenchedServer;
  readonly bare: BenchedServer;
  /** What a peer needs to be the same API: an issuer, an audience, a database file. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Node's arguments with which the API was started, in the environment `env`. */
  readonly command: readonly string[];
  /** Another token of the issuer's. @param subject @default "bench" */
  sign(scope: string, subject?: string): Promise<string>;
  /** A create, each for a user of its own and each of `types` in turn. */
  create(types?: readonly AuthenticationMethodType[]): autocannon.Request;
  /** The same with another token, or none. */
  createAs(token: string | undefined): autocannon.Request;
  /** Of a user who has one method of each type. */
  list(): autocannon.Request;
  get(): autocannon.Request;
  stop(): Promise<void>;
}

/** Node's arguments in `npm start`. */
export const startCommand: readonly string[] = packageJson.scripts.start.split(" ").slice(1);

const audience = "http://127.0.0.1/api/v2/";
const json = { "content-type": "application/json" };
const methods = (id: string) => `/api/v2/users/${id}/authentication-methods`;
const reader = "auth0%7Cbench-reader";

export interface BenchedApiOptions {
  /** @default a SQLite file of its own */
  readonly databaseUrl?: string | undefined;
  /** Further arguments of Node's. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startBenchedApi({
  databaseUrl,
  nodeArgs = [],
  env: furtherEnv = {},
}: BenchedApiOptions = {}): Promise<BenchedApi> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const issuer = await startIssuer(audience);
  const env = {
    NODE_ENV: "production",
    PORT: "0",
    DATABASE_URL: databaseUrl ?? `sqlite:${join(folder, "bench.sqlite")}`,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString("base64")}`,
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    AUDIENCE: audience,
    UNKNOWN_USERS: "accept",
    RATE_LIMIT: "1000000000/1",
    ...furtherEnv,
  };
  const command = [...nodeArgs, ...startCommand];
  const [api, bare] = [await start(command, env), await start(["bench/bare.ts"])];
  const token = await issuer.sign("bench", "create:authentication_methods read:authentication_methods");
  let serial = 0;
  const headers = { ...json, authorization: `Bearer ${token}` };
  const create = (types: readonly AuthenticationMethodType[] = authenticationMethodTypes) => {
    const n = serial++;
    const type = types[n % types.length] as AuthenticationMethodType;
    return {
      method: "POST",
      path: methods(`auth0%7C${n}`),
      headers,
      body: JSON.stringify(createRequest[type](n)),
    } as const;
  };
  const ids = await prepareReader(api, headers);
  return {
    api,
    bare,
    env,
    folder,
    command,
    sign: (scope, subject = "bench") => issuer.sign(subject, scope),
    create,
    createAs: (other) => ({
      ...create(),
      headers: other === undefined ? json : { ...json, authorization: `Bearer ${other}` },
    }),
    list: () => ({ method: "GET", path: methods(reader), headers }),
    get: () => ({ method: "GET", path: `${methods(reader)}/${encodeURIComponent(ids[0] ?? "")}`, headers }),
    async stop() {
      await Promise.all([api.stop(), bare.stop()]);
      issuer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the ids of a method of each type that the reader then has */
async function prepareReader(
  api: BenchedServer,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const [n, type] of authenticationMethodTypes.entries()) {
    const response = await fetch(api.origin + methods(reader), {
      method: "POST",
      headers,
      body: JSON.stringify(createRequest[type](1e9 + n)),
    });
    ids.push(((await response.json()) as { id: string }).id);
  }
  return ids;
}
