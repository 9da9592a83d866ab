import { resolve } from "node:path";
import { readCommandLine } from "../command-line/index.ts";
import { watchFiles } from "../mock/command-line/watch.ts";
import { loadDocument } from "../openapi/load-document.ts";
import { loadRenderer } from "./docs-renderer.ts";

const help = `Usage: contract-first docs <document> [--out <folder>] [--watch]

Renders the docs of an OpenAPI document (a file or a URL): pages that need no server and nothing from elsewhere, with
code samples for curl and the typed client, search, and a form to try each operation.

  --out <folder>    where to, in place of the docs that are there (default: docs-site)
  --client <name>   what the samples import the typed client from (default: contract-first/client)
  --watch           render again whenever the document or a file it refers to is saved
`;

/** Renders the docs of a document, once or after every save. */
export async function docs(args: readonly string[]): Promise<number> {
  const parsed = readCommandLine(
    args,
    help,
    {
      out: { type: "string", default: "docs-site" },
      client: { type: "string" },
      watch: { type: "boolean", default: false },
    },
    ["document"],
  );
  if (parsed === undefined) return 0;
  const { out, client, watch } = parsed.values;
  const [source = ""] = parsed.positionals;
  const { renderDocs, writeSite } = await loadRenderer();
  const render = async () => {
    const { root, files } = await loadDocument(source);
    // Where a server of the contract serves the pages, it tells them where it is.
    const site = renderDocs(root, { serverSettings: {}, ...(client !== undefined && { client }) });
    writeSite(resolve(out), site);
    const pages = Object.keys(site).filter((name) => name.endsWith(".html")).length;
    process.stdout.write(`${pages} pages are in ${resolve(out)}: open ${resolve(out, "index.html")}\n`);
    return files;
  };

  const since = Date.now();
  const files = await render();
  if (!watch || files.length === 0) return 0;
  const again = async () => {
    try {
      watching.add(await render());
    } catch (error) {
      // What was rendered before stays, until the document can be read again.
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    }
  };
  const watching = await watchFiles(files, since, again);
  return new Promise((end) => {
    process.once("SIGINT", () => void watching.close().then(() => end(0)));
  });
}
