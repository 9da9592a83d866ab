import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

/** A pair of keys that an issuer signs with. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly alg: string;
  readonly kid: string;
}

type CryptoKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

export async function createSigningKey(kid: string, alg = "ES256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { privateKey, publicJwk, alg, kid };
}

/** @param type the header parameter `typ`, left out where it is null */
export function signToken(key: SigningKey, claims: JWTPayload, type: string | null = "JWT"): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...(type !== null && { typ: type }) })
    .sign(key.privateKey);
}

/** A real issuer: an HTTP server on this machine with metadata and a key set. */
export interface HttpIssuer {
  /** The issuer's identifier, without a trailing slash. */
  readonly url: string;
  /** The paths asked for so far, in order. */
  readonly requests: string[];
  /** What each path answers with; change it to change the issuer. */
  readonly documents: Map<string, unknown>;
  publish(...keys: readonly { readonly publicJwk: JWK }[]): void;
  /** Stops listening; connections are refused from then on. */
  goDown(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
}

export const metadataPath = "/.well-known/openid-configuration";
export const keySetPath = "/jwks.json";

/** @param answer takes over the whole answer where it returns true */
export async function startHttpIssuer(
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<HttpIssuer> {
  const requests: string[] = [];
  const documents = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    if (answer(request, response)) return;
    const document = documents.get(path);
    response.writeHead(document === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(typeof document === "string" ? document : JSON.stringify(document ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  documents.set(metadataPath, { issuer: url, jwks_uri: `${url}${keySetPath}` });
  return {
    url,
    requests,
    documents,
    publish(...keys) {
      documents.set(keySetPath, { keys: keys.map(({ publicJwk }) => publicJwk) });
    },
    async goDown() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    async comeBack() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}
