import { open } from "node:fs/promises";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";
import { addOwnRoute } from "./own-route.ts";

export interface DocsOptions {
  /** The folder of the rendered docs, each file with its `.gz`: what `contract-first docs --out` writes. */
  readonly directory: URL;
  /** The content of `server.json`, with which the pages fill their samples: `{ baseUrl: "../api/v2" }`, relative to `/docs/`. */
  readonly settings?: object;
}

/** The docs are asked for and have not been rendered. */
class DocsNotRenderedError extends Error {
  override readonly name = "DocsNotRenderedError";
  readonly statusCode = 404;

  constructor() {
    super("The docs have not been rendered: `npm run docs` does it.");
  }
}

/** Nothing but the pages' own files, which hold no inline code, and requests to this server. */
const docsContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const mediaTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".yaml": "application/yaml; charset=utf-8",
};

/** A file whose name holds a digest of its content. */
const digested = /\.[0-9a-f]{16}\.\w+$/;

/**
 * Serves the rendered docs at `/docs/`, each file as it is or as its `.gz` beside it. Nothing of them is read or loaded
 * before it is asked for: a server starts as fast with them as without.
 */
export function registerDocs(app: FastifyInstance, { directory, settings = {} }: DocsOptions): void {
  for (const path of ["/", "/docs"]) {
    addOwnRoute(app, path, (_request, reply) => {
      // Relative, so that it also holds behind a proxy that puts a path in front.
      reply.code(302).header("location", "docs/").send();
    });
  }

  addOwnRoute(app, "/docs/server.json", (_request, reply) => {
    reply.header("cache-control", "no-cache").send(settings);
  });

  addOwnRoute(app, "/docs/:file", async (request, reply) => {
    const file = (request.params as { readonly file: string }).file || "index.html";
    const mediaType = mediaTypes[extname(file)];
    if (mediaType === undefined || !/^[\w.-]+$/.test(file)) return reply.callNotFound();
    const { default: Negotiator } = await import("negotiator");
    const encoding = new Negotiator(request.raw).encoding(["gzip", "identity"]);
    const handle = await open(new URL(encoding === "gzip" ? `${file}.gz` : file, directory)).catch(
      () => undefined,
    );
    if (handle === undefined) {
      if (file === "index.html") throw new DocsNotRenderedError();
      return reply.callNotFound();
    }
    reply.headers({
      "cache-control": digested.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
      "content-security-policy": docsContentSecurityPolicy,
      "content-type": mediaType,
      vary: "accept-encoding",
    });
    if (encoding === "gzip") reply.header("content-encoding", "gzip");
    return reply.send(handle.createReadStream());
  });
}
