import { basePath } from "../openapi/base-path.ts";
import type { ContractDocument, Operation } from "../openapi/index.ts";

/**
 * The URL that the paths of a document are added to.
 *
 * @param url of a server; without a path of its own, that of the document's first server is added
 * @throws Error where it is none
 */
function baseUrlOf(document: ContractDocument, url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new Error(`${url} is no URL of a server: write it as http://127.0.0.1:3000.`);
  const path = parsed.pathname === "/" ? basePath(document) : parsed.pathname.replace(/\/+$/, "");
  return `${parsed.origin}${path}`;
}

/**
 * Where the operations are: below the base path of the document's first server, or, where it is not there, at the URL
 * itself, as many a server under development has it.
 *
 * @throws Error where nothing answers
 */
export async function findBaseUrl(
  document: ContractDocument,
  url: string,
  operations: readonly Operation[],
  maxTime: number,
): Promise<string> {
  const found = await likelyBaseUrl(document, url, operations, maxTime);
  const reason = await whyNothingAnswers(found, maxTime);
  if (reason === undefined) return found;
  throw new Error(`Nothing answers at ${found} (${reason}): start the server, or correct the URL.`);
}

async function likelyBaseUrl(
  document: ContractDocument,
  url: string,
  operations: readonly Operation[],
  maxTime: number,
): Promise<string> {
  const [below, itself] = [baseUrlOf(document, url), url.replace(/\/+$/, "")];
  const probe = operations.find(({ method, path }) => method === "get" && !path.includes("{"));
  if (below === itself || probe === undefined) return below;
  const statusAt = async (base: string) => {
    const signal = AbortSignal.timeout(maxTime);
    const response = await fetch(`${base}${probe.path}`, { redirect: "manual", signal }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    return response?.status;
  };
  if ((await statusAt(below)) !== 404) return below;
  const status = await statusAt(itself);
  return status === undefined || status === 404 ? below : itself;
}

/** What a connection meets where no server is; one that takes the request and then breaks off is one. */
const unreachable =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|.*CERT.*|ERR_(?:TLS|SSL).*)$/;

/** Why nothing answers at a URL; undefined where something does. */
export async function whyNothingAnswers(baseUrl: string, maxTime: number): Promise<string | undefined> {
  try {
    // After a HEAD, fetch (undici) opens a connection for each further request to the same origin.
    const response = await fetch(baseUrl, {
      redirect: "manual",
      signal: AbortSignal.timeout(maxTime * 2),
    });
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    const { cause, name, message } = error as Error;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
    if (name === "TimeoutError") return `no answer within ${(maxTime * 2) / 1_000} s`;
    return code === undefined || unreachable.test(code) ? (code ?? message) : undefined;
  }
}
