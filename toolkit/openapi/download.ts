import { DocumentError } from "./errors.ts";

/** The longest that a file of a document may take to come, in milliseconds. */
const longestFetch = 15_000;
const mostRedirects = 5;

/** A file from a URL leads where it may not. */
export class ForbiddenAddress extends DocumentError {}

/** Whether an address is an `http(s)` URL. */
export function isWeb(url: string): boolean {
  return /^https?:/i.test(url);
}

/**
 * What was read from a URL leads to its own origin (RFC 6454) alone: a stranger's document must not have files or
 * addresses read that only this machine reaches.
 *
 * @param from the URL of the file that refers or redirects
 * @throws ForbiddenAddress
 */
export function assertReachable(url: string, from: string, crossOriginRefs: boolean): void {
  if (!isWeb(url)) {
    throw new ForbiddenAddress(
      `${from}: a document read from a URL may not refer to files of this machine, such as ${url}.`,
    );
  }
  if (crossOriginRefs || new URL(url).origin === new URL(from).origin) return;
  throw new ForbiddenAddress(
    `${from} leads to another origin, ${url}: bundle it into one piece, or allow it with --cross-origin-refs (the option crossOriginRefs).`,
  );
}

/**
 * The text at a URL. Redirects are followed within the origin, beyond it only where that is allowed.
 *
 * @throws DocumentError it cannot be had
 * @throws ForbiddenAddress it leads elsewhere
 */
export async function download(url: string, crossOriginRefs: boolean): Promise<string> {
  const signal = AbortSignal.timeout(longestFetch);
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await fetch(at, { signal, redirect: "manual" }).catch((error: Error) => {
      throw unreadable(at, reasonOf(error));
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      if (!response.ok) throw unreadable(at, `it answered ${response.status}`);
      return response.text().catch((error: Error) => {
        throw unreadable(at, reasonOf(error));
      });
    }
    await response.body?.cancel();
    const next = URL.parse(location, at);
    if (next === null) throw unreadable(at, "it redirects to no valid address");
    assertReachable(next.href, at, crossOriginRefs);
    at = next.href;
  }
  throw unreadable(url, `it redirects more than ${mostRedirects} times`);
}

function unreadable(url: string, reason: string): DocumentError {
  return new DocumentError(`${url} cannot be read: ${reason}.`);
}

function reasonOf(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.split("\n", 1)[0] ?? message;
}
