import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";
import type { TestServer } from "./server.ts";

/** Serves a test server over TLS with a certificate that this process then trusts; gives its host and port. */
export async function serveTls(
  server: TestServer,
): Promise<{ readonly domain: string; close(): Promise<void> }> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, cert]);
  const https: Server = createServer({ key, cert }, server.app.http.routing);
  await new Promise<void>((resolve) => https.listen(0, "localhost", resolve));
  return {
    domain: `localhost:${(https.address() as AddressInfo).port}`,
    async close() {
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
      setDefaultCACertificates(trusted);
    },
  };
}
