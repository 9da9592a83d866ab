import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { type Config, urlHost } from "./config/config.ts";
import { type DevelopmentIssuer, openDevelopmentIssuer } from "./security/development-issuer.ts";
import { createIssuerKeys, type IssuerKeys } from "./security/issuer-keys.ts";

/** Whose tokens are accepted. */
export interface Issuer {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  /** Present where no ISSUER is configured. */
  readonly development: DevelopmentIssuer | undefined;
}

/** The configured issuer, or the development issuer where there is none. */
export async function openIssuer(config: Config, log: FastifyBaseLogger): Promise<Issuer> {
  if (config.issuer === undefined) {
    const development = await openConfiguredDevelopmentIssuer(config);
    return { issuer: development.issuer, keys: development.keys, development };
  }
  const { issuer, jwksUri } = config;
  return { issuer, keys: createIssuerKeys({ issuer, jwksUri, log }), development: undefined };
}

/** The issuer that signs tokens itself, with its key beside the database. */
export function openConfiguredDevelopmentIssuer(config: Config): Promise<DevelopmentIssuer> {
  return openDevelopmentIssuer({
    keyFile: join(config.dataFolder, "development-issuer.jwk.json"),
    issuer: `http://${urlHost(config.host)}:${config.port}/`,
    audience: config.audience,
  });
}
