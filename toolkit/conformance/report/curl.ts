import type { Exchange } from "../request/send.ts";

/** What stands for a credential in a report. */
const hidden = "$TOKEN";

/** Takes the run's credentials out of a text. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (safe, secret) => safe.replaceAll(secret, hidden).replaceAll(encodeURIComponent(secret), hidden),
    text,
  );
}

/** The request as a line to paste into a shell; credentials stand as `$TOKEN`. */
export function curl({ request }: Exchange, secrets: readonly string[]): string {
  const { method, url, headers, body } = request;
  const option = { GET: "-i", HEAD: "-I" }[method] ?? `-i -X ${method}`;
  const parts = [`curl ${option} ${quote(url)}`];
  for (const [name, value] of Object.entries(headers))
    if (name !== "accept") parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`--data-raw ${quote(body)}`);
  return withoutSecrets(parts.join(" "), secrets).replaceAll(/'([^']*)\$TOKEN([^']*)'/g, '"$1$TOKEN$2"');
}

/** In single quotes a shell reads everything as it stands; what no terminal shows is written by number. */
function quote(text: string): string {
  const isPlain = [...text].every(
    (character) => character >= " " || character === "\n" || character === "\t",
  );
  if (isPlain) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text
    .replaceAll(/[\\']/g, "\\$&")
    .replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `$'${escaped}'`;
}
