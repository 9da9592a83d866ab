import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate, and the file that a client must be told to trust. */
export interface LocalCertificate extends Certificate {
  readonly certificateFile: string;
}

const lifetimeDays = 825;

/**
 * A certificate for this machine, made at its first use and kept, key readable by its owner alone.
 *
 * @param folder where it is kept
 * @param host a name or address it must hold for, beside localhost, 127.0.0.1 and ::1
 */
export async function localCertificate(folder: string, host: string): Promise<LocalCertificate> {
  const certificateFile = join(folder, "mock-certificate.pem");
  const keyFile = join(folder, "mock-key.pem");
  const kept = await readKept(certificateFile, keyFile, host);
  if (kept) return { ...kept, certificateFile };
  const made = await makeCertificate(host);
  await mkdir(folder, { recursive: true });
  await writeFile(keyFile, made.key, { mode: 0o600 });
  await chmod(keyFile, 0o600);
  await writeFile(certificateFile, made.cert, { mode: 0o644 });
  return { ...made, certificateFile };
}

async function readKept(
  certificateFile: string,
  keyFile: string,
  host: string,
): Promise<Certificate | undefined> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  try {
    const [cert, key] = await Promise.all([readFile(certificateFile, "utf8"), readFile(keyFile, "utf8")]);
    const parsed = new X509Certificate(cert);
    const holds = parsed.checkHost(host) !== undefined || parsed.checkIP(host) !== undefined;
    const usable =
      holds && parsed.validToDate.getTime() > Date.now() && parsed.checkPrivateKey(createPrivateKey(key));
    return usable ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

async function makeCertificate(host: string): Promise<Certificate> {
  // Loaded only where TLS is asked for: it takes longer than the rest of a start.
  const { generate } = await import("selfsigned").catch(() => {
    throw new Error(
      "--https needs selfsigned, which makes the certificate: npm install --save-dev selfsigned.",
    );
  });
  const { isIP } = await import("node:net");
  const notAfterDate = new Date(Date.now() + lifetimeDays * 24 * 60 * 60 * 1000);
  const names = [...new Set(["localhost", "127.0.0.1", "::1", host])];
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) =>
          isIP(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
        ),
      },
    ],
  });
  return { cert, key };
}
