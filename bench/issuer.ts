import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** An issuer of RS256 tokens, as most identity providers are. */
export interface BenchIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** @param scope separated by spaces */
  sign(subject: string, scope: string): Promise<string>;
  close(): void;
}

/** Starts an issuer on a free port of this machine, with OpenID Connect Discovery and one key. */
export async function startIssuer(audience: string): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "bench", alg: "RS256", use: "sig" }] };
  const server = createServer((request, response) => {
    const body = request.url === "/jwks.json" ? keys : { issuer, jwks_uri: jwksUri };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const jwksUri = `${issuer}jwks.json`;
  return {
    issuer,
    jwksUri,
    sign: (subject, scope) =>
      new SignJWT({ scope, client_id: "bench" })
        .setProtectedHeader({ alg: "RS256", kid: "bench", typ: "at+jwt" })
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("2h")
        .sign(privateKey),
    close: () => server.close(),
  };
}
