/**
 * Whether requests to an address may leave: over `https`, to this machine, to the page's own origin, or where the
 * caller says that plain `http` is fine.
 */
export interface AddressOptions {
  /**
   * Lets requests, and the secrets in them, leave over plain `http` for hosts other than this machine.
   *
   * @default false
   */
  allowInsecureRequests?: boolean | undefined;
}

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Reads an address that requests are sent to. On a page it may be a path of the page's own origin.
 *
 * @param name The option that it comes from, for the message.
 * @throws TypeError It cannot be used; the message says why and repeats no credentials.
 */
export function parseAddress(name: string, address: string, options: AddressOptions = {}): URL {
  const { location } = globalThis as { location?: { href: string; origin: string } };
  let url: URL | undefined;
  try {
    url = new URL(address, /^\//.test(address) ? location?.href : undefined);
  } catch {}
  if (!url || !/^https?:$/.test(url.protocol)) {
    const shown = String(address).replace(/.*@/s, "…@");
    throw new TypeError(`${name} must be like https://identity.example.com/api/v2, not ${shown}`);
  }
  if (url.username || url.password)
    throw new TypeError(`${name} has credentials in it: give them as token or auth`);
  if (url.hash) throw new TypeError(`${name} has a fragment in it: leave it out`);
  const isSafe =
    options.allowInsecureRequests ||
    url.protocol === "https:" ||
    loopback.test(url.hostname) ||
    url.origin === location?.origin;
  if (!isSafe) {
    throw new TypeError(`${name} is plain http to ${url.hostname}: use https, or set allowInsecureRequests`);
  }
  return url;
}
