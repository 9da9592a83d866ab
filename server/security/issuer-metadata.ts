import type { JSONWebKeySet } from "jose";
import { isJsonWebKeySet } from "./verification-keys.ts";

/** More than any real document: a set of 100 RSA keys with certificates takes some 300 kB. */
const maximumBytes = 512 * 1024;

export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/**
 * Fetches an issuer's JSON Web Key Set (RFC 7517) from where its metadata says it is: OpenID Connect Discovery 1.0,
 * else RFC 8414. Redirects are not followed.
 *
 * @throws Error whose message says which document is missing or wrong
 */
export async function fetchKeySet(
  issuer: string,
  jwksUri: string | undefined,
  options: FetchOptions,
): Promise<JSONWebKeySet> {
  const url = jwksUri ?? (await discoverJwksUri(issuer, options));
  const set = await fetchJson(url, options);
  if (!isJsonWebKeySet(set)) throw new Error(`${url} does not hold a JSON Web Key Set`);
  return set;
}

/**
 * Refuses a URL over which keys could be replaced on their way.
 *
 * @throws Error unless the URL is https, or http to this machine itself
 */
export function requireTrustworthyUrl(name: string, url: string): void {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "https:") return;
  if (parsed?.protocol === "http:" && isLoopback(parsed.hostname)) return;
  throw new Error(`${name} must be an https URL (http only on localhost), not "${url}".`);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

async function discoverJwksUri(issuer: string, options: FetchOptions): Promise<string> {
  let url = openIdConfigurationUrl(issuer);
  let metadata = await fetchJsonUnlessMissing(url, options);
  if (metadata === undefined) {
    url = authorizationServerMetadataUrl(issuer);
    metadata = await fetchJson(url, options);
  }
  const { issuer: name, jwks_uri: jwksUri } = metadata as { issuer?: unknown; jwks_uri?: unknown };
  if (name !== issuer) {
    throw new Error(
      `${url} names the issuer ${JSON.stringify(name)}, which is not exactly the configured "${issuer}"`,
    );
  }
  if (typeof jwksUri !== "string") throw new Error(`${url} has no jwks_uri`);
  requireTrustworthyUrl(`jwks_uri in ${url}`, jwksUri);
  return jwksUri;
}

/** OpenID Connect Discovery 1.0, section 4.1. */
function openIdConfigurationUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** RFC 8414, section 3.1: the well-known part goes between the host and the issuer's path. */
function authorizationServerMetadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, "")}`;
}

async function fetchJson(url: string, options: FetchOptions): Promise<object> {
  const document = await fetchJsonUnlessMissing(url, options);
  if (document === undefined) throw new Error(`${url} answered 404`);
  return document;
}

async function fetchJsonUnlessMissing(
  url: string,
  { fetch, signal }: FetchOptions,
): Promise<object | undefined> {
  const response = await fetch(url, { signal, redirect: "manual", headers: { accept: "application/json" } });
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(`${url} answered ${response.status}`);
  }
  const document = parseJson(await readText(url, response));
  if (typeof document !== "object" || document === null)
    throw new Error(`${url} does not hold a JSON object`);
  return document;
}

async function readText(url: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maximumBytes) throw new Error(`${url} is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
