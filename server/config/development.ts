import type { Config } from "./config.ts";
import { isLoopback } from "./loopback.ts";

/** What a command needs that only a development machine may do without. */
export type Need = "issuer" | "keys";

/**
 * Why keys and an issuer made up by the server would be a danger; undefined where everything is local, so that they
 * are not: an embedded database, no issuer of the operator's, and nobody else who could send a request.
 */
export function reasonAgainstDevelopment({
  production,
  databaseUrl,
  host,
  issuer,
}: Pick<Config, "production" | "databaseUrl" | "host" | "issuer">): string | undefined {
  if (production) return "NODE_ENV is production";
  if (!databaseUrl.startsWith("sqlite:")) return "DATABASE_URL is not SQLite";
  if (!isLoopback(host)) return "HOST is no loopback address";
  return issuer === undefined ? undefined : "ISSUER is set";
}

/** The variables that are missing, each with a sentence without a full stop. */
export function missingInProduction(
  config: Config,
  needs: readonly Need[],
): readonly (readonly [name: string, problem: string])[] {
  const reason = reasonAgainstDevelopment(config);
  const problems: [string, string][] = [];
  if (needs.includes("issuer") && config.issuer === undefined && reason !== undefined)
    problems.push([
      "ISSUER",
      `ISSUER must be set when ${reason}: the URL of the issuer whose tokens are accepted`,
    ]);
  if (needs.includes("keys") && config.encryptionKeys === undefined && reason !== undefined)
    problems.push([
      "ENCRYPTION_KEYS",
      `ENCRYPTION_KEYS must be set when ${reason}: <key id>:<32 random bytes in base64>, for example from \`openssl rand -base64 32\``,
    ]);
  return problems;
}
