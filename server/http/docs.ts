import { open } from "node:fs/promises";
import { extname } from "node:path";
import type { FastifyInstance } from "fastify";

/** What the pages put into their samples in the place of the contract's own values. */
export interface DocsSettings {
  /** The API's address, relative to the pages. */
  readonly baseUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** Tokens are printed by a command of this program. */
  readonly hasDevelopmentIssuer: boolean;
}

export interface DocsOptions {
  /** The folder of the rendered docs, which `npm run docs` writes, each file with its `.gz`. */
  readonly directory: URL;
  readonly settings: DocsSettings;
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
 * Serves the rendered docs, each file as it is or as its `.gz` beside it. Nothing of them is read or loaded before it
 * is asked for: a server starts as fast with them as without.
 */
export function registerDocs(app: FastifyInstance, { directory, settings }: DocsOptions): void {
  for (const path of ["/", "/docs"]) {
    app.get(path, (_request, reply) => {
      // Relative, so that it also holds behind a proxy that puts a path in front.
      reply.code(302).header("location", "docs/").send();
    });
  }

  app.get("/docs/server.json", (_request, reply) => {
    reply.header("cache-control", "no-cache").send(settingsForSamples(settings));
  });

  app.get<{ Params: { file: string } }>("/docs/:file", async (request, reply) => {
    const file = request.params.file || "index.html";
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

/** With the command that gets a token of the issuer, whose token endpoint is taken to be where Auth0 has it. */
function settingsForSamples({ hasDevelopmentIssuer, ...settings }: DocsSettings): object {
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
