import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import type { DevelopmentIssuer } from "./development-issuer.ts";
import { createIssuerKeys, type IssuerKeys } from "./issuer-keys.ts";

/** Whose tokens are accepted. */
export interface Issuer {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  /** Present where no ISSUER is configured. */
  readonly development: DevelopmentIssuer | undefined;
}

/** Whose tokens shall be accepted, and where the development issuer stands in. */
export interface IssuerSource {
  /** Absent: the development issuer. */
  readonly issuer: string | undefined;
  readonly jwksUri: string | undefined;
  readonly issuerKeysMaxAgeSeconds: number;
  readonly audience: string;
  readonly origin: string;
  readonly dataFolder: string;
}

/** The configured issuer, or the development issuer where there is none. */
export async function openIssuer(
  source: IssuerSource,
  log: FastifyBaseLogger,
  own?: DevelopmentIssuer,
): Promise<Issuer> {
  if (own !== undefined || source.issuer === undefined) {
    const development = own ?? (await openConfiguredDevelopmentIssuer(source));
    return { issuer: development.issuer, keys: development.keys, development };
  }
  const { issuer, jwksUri, issuerKeysMaxAgeSeconds: believedSeconds } = source;
  return {
    issuer,
    keys: createIssuerKeys({ issuer, jwksUri, log, believedSeconds }),
    development: undefined,
  };
}

/** The issuer that signs tokens itself, with its key beside the database. */
export async function openConfiguredDevelopmentIssuer(source: IssuerSource): Promise<DevelopmentIssuer> {
  // Loaded here, so that a server with an issuer starts without it.
  const { openDevelopmentIssuer } = await import("./development-issuer.ts");
  return openDevelopmentIssuer({
    keyFile: join(source.dataFolder, "development-issuer.jwk.json"),
    issuer: `${source.origin}/`,
    audience: source.audience,
  });
}
