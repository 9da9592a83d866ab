import { readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { document } from "../contract.ts";
import { openConfiguredDevelopmentIssuer } from "../security/issuer.ts";
import { allScopes } from "../security/scopes.ts";

const usage = `Usage: authentication-methods token [--scope "<scopes>"] [--subject <subject>]

Prints a token of the development issuer that is good for a day, with all scopes or those given.
`;

const secondsPerDay = 24 * 60 * 60;

/** Prints a token of the development issuer, with all scopes or those of `--scope`. */
export async function token(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, {
    scope: { type: "string" },
    subject: { type: "string", default: "development" },
  });
  if (read === undefined) return;
  const { values } = read;
  const config = readConfig(process.env, ["issuer"]);
  if (config.issuer !== undefined)
    throw new Error("ISSUER is set, so only its tokens are accepted: get one from there, or unset ISSUER.");
  const issuer = await openConfiguredDevelopmentIssuer(config);
  const scopes = values.scope?.split(/\s+/).filter(Boolean) ?? allScopes(document);
  const signed = await issuer.sign({ subject: values.subject, scopes, expiresIn: secondsPerDay });
  process.stdout.write(`${signed}\n`);
}
