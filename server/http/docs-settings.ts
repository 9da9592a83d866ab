/** What the pages of the docs put into their samples in the place of the contract's own values. */
export interface DocsSettings {
  /** The API's address, relative to the pages. */
  readonly baseUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** Tokens are printed by a command of this program. */
  readonly hasDevelopmentIssuer: boolean;
}

/** With the command that gets a token of the issuer, whose token endpoint is taken to be where Auth0 has it. */
export function settingsForSamples({ hasDevelopmentIssuer, ...settings }: DocsSettings): object {
  if (hasDevelopmentIssuer) return settings;
  const tokenEndpoint = `${settings.issuer.replace(/\/$/, "")}/oauth/token`;
  const grant = [
    "grant_type=client_credentials",
    "client_id=$CLIENT_ID",
    "client_secret=$CLIENT_SECRET",
    `audience=${settings.audience}`,
  ].map((pair) => `-d ${pair}`);
  const tokenCommand = `$(curl -s ${tokenEndpoint} ${grant.join(" ")} | jq -r .access_token)`;
  return { ...settings, tokenEndpoint, tokenCommand };
}
