import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const cdn = /https:\/\/cdn\.redocly\.com\/redoc\/[^"]+\/redoc\.standalone\.js/;
/** Redoc's name in letters: it loads the image of it from a server of its makers. */
const name =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='44' height='16'%3E%3Ctext y='12' font-family='sans-serif' font-size='12' font-weight='600' fill='%23777'%3ERedoc%3C/text%3E%3C/svg%3E";

/** What the syntax highlighter writes into HTML for each token, which a strict Content-Security-Policy refuses. */
const tokenStyle = /` style="color: var\(\$\{(\w+)\}\)"`/;

/**
 * The Redoc bundle for a page that `redocly build-docs` made, without any address of another server and
 * without style attributes in the HTML that it makes.
 *
 * @param html The page, which names its bundle on a CDN and that bundle's digest.
 * @param bundle The bundle that came with the command.
 * @throws Where the bundle is not the one that the page was made for, or loads something from elsewhere.
 */
export function redocBundle(html: string, bundle: URL): string {
  const code = readFileSync(bundle, "utf8");
  const digest = `sha384-${createHash("sha384").update(code).digest("base64")}`;
  if (!html.includes(`integrity="${digest}"`)) throw new Error(`${bundle.pathname} is not the page's Redoc`);
  const offline = code
    .replace(/https:\/\/cdn\.redoc\.ly\/redoc\/logo-mini(-full)?\.svg/g, name)
    .replace(/https:\/\/cdn\.redocly\.com\/icons\/[\w./-]+/g, "icons");
  if (!tokenStyle.test(offline)) throw new Error("Redoc colours code in another way than it did");
  const elsewhere = /https:\/\/cdn[\w./-]+/.exec(offline);
  if (elsewhere) throw new Error(`Redoc loads ${elsewhere[0]}`);
  return offline.replace(tokenStyle, (_, name) => `\` data-color="\${${name}}"\``);
}

/** The page with its bundle at another address. */
export function loadRedocFrom(html: string, address: string): string {
  return html
    .replace(/<link rel="modulepreload"[^>]*>/, `<link rel="modulepreload" href="${address}" />`)
    .replace(cdn, `./${address}`);
}

/** The colours of the tokens, which {@link redocBundle} took out of the style attributes. */
export function tokenColours(bundle: string): string {
  const names = new Set(bundle.match(/--code-block-tokens-[\w-]+-color/g));
  return [...names].map((name) => `[data-color="${name}"]{color:var(${name})}`).join("\n");
}
