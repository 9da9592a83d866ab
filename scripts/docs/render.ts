import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { dataUrl, documentForReaders } from "./document.ts";
import { withoutInlineCode } from "./page.ts";
import { loadRedocFrom, redocBundle, tokenColours } from "./redoc.ts";

const root = new URL("../../", import.meta.url);
const docs = new URL("docs/", root);
const redocly = new URL("node_modules/@redocly/cli/", root);

/**
 * Renders the site into a folder, in place of what it held: the page, the files that it loads, and the
 * contract, each also compressed.
 */
function render(site: URL): void {
  const contract = readFileSync(new URL("generated/openapi.json", root), "utf8");
  const html = prerender(JSON.stringify(documentForReaders(JSON.parse(contract), docs)));
  const redoc = redocBundle(html, new URL("lib/chunks/redoc.standalone.js", redocly));
  const redocFile = `redoc.${createHash("sha256").update(redoc).digest("hex").slice(0, 16)}.js`;
  const theme = readFileSync(new URL("theme.css", import.meta.url), "utf8");
  const page = withoutInlineCode(loadRedocFrom(html, redocFile), [tokenColours(redoc), theme]);
  const files = { ...page.files, [redocFile]: redoc, "openapi.json": contract, "index.html": page.html };

  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(new URL(name, site), content);
    // Once here instead of for every reader: Redoc is large.
    writeFileSync(new URL(`${name}.gz`, site), gzipSync(content, { level: 9 }));
  }
}

/** The page as `redocly build-docs` makes it: its text is in the HTML, its scripts are inline or on a CDN. */
function prerender(document: string): string {
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  try {
    writeFileSync(join(folder, "openapi.json"), document);
    execFileSync(
      process.execPath,
      [
        fileURLToPath(new URL("bin/cli.js", redocly)),
        ...["build-docs", join(folder, "openapi.json"), "--output", join(folder, "index.html")],
        ...["--template", fileURLToPath(new URL("page.hbs", import.meta.url))],
        `--templateOptions.icon=${dataUrl(new URL("logo.svg", docs))}`,
      ],
      { cwd: root, env: { ...process.env, REDOCLY_TELEMETRY: "off" }, stdio: "pipe" },
    );
    return readFileSync(join(folder, "index.html"), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  render(pathToFileURL(`${resolve(process.argv[2] ?? fileURLToPath(new URL("generated/docs", root)))}/`));
} catch (error) {
  process.stderr.write(`The docs were not rendered: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
