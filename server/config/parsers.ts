import { isIP, isIPv4 } from "node:net";
import type { AuthenticationMethodType, MethodLimits } from "../store/store.ts";
import { isLoopback } from "./loopback.ts";

/** Each reads one environment variable's text and throws where it does not understand it. */

export function text(value: string): string {
  return value;
}

export function portNumber(value: string): number {
  const port = Number(value);
  return valid(port, /^\d+$/.test(value) && port <= 65535);
}

/** A whole number from `least` to `most`. */
export function wholeNumber(most: number, least = 0): (value: string) => number {
  return (value) => {
    const count = Number(value);
    return valid(count, /^\d{1,9}$/.test(value) && count >= least && count <= most);
  };
}

/** https, or http to this machine itself: over anything else the issuer's keys could be replaced on their way. */
export function trustworthyUrl(value: string): string {
  const url = URL.parse(value);
  return valid(value, url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname)));
}

export function databaseUrl(value: string): string {
  return valid(value, /^(sqlite|postgres|postgresql):/.test(value));
}

export function redisUrl(value: string): string {
  const url = URL.parse(value);
  return valid(value, /^rediss?:$/.test(url?.protocol ?? "") && url?.hostname !== "");
}

/** Spans hold no secret, and collectors mostly stand beside the server without TLS. */
export function collectorUrl(value: string): string {
  return valid(value, /^https?:$/.test(URL.parse(value)?.protocol ?? ""));
}

export function oneOf<T extends string>(...choices: readonly T[]): (value: string) => T {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new RangeError();
    return choice;
  };
}

/** Comma-separated. */
export function list(value: string): readonly string[] {
  return value.split(",").map((item) => item.trim());
}

/** IP addresses, networks such as 10.0.0.0/8, and the names that Fastify knows for some. */
export function proxies(value: string): readonly string[] {
  const all = list(value);
  return valid(all, all.every(isProxy));
}

function isProxy(proxy: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(proxy)) return true;
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? [];
  const longest = isIPv4(address) ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  return isIP(address) !== 0 && length >= 1 && length <= longest;
}

export function origins(value: string): readonly string[] | "*" {
  if (value === "*") return "*";
  const all = list(value);
  return valid(
    all,
    all.every((origin) => URL.parse(origin)?.origin === origin),
  );
}

/** `<type>=<number>`, comma-separated; types left out keep their default. */
export function methodLimits(defaults: MethodLimits): (value: string) => MethodLimits {
  return (value) => {
    const limits = { ...defaults };
    for (const item of list(value)) {
      const [type = "", limit = ""] = item.split("=");
      valid(type, Object.hasOwn(limits, type) && /^[1-9]\d{0,5}$/.test(limit));
      limits[type as AuthenticationMethodType] = Number(limit);
    }
    return limits;
  };
}

/** Standard Webhooks' symmetric secrets, each 24 to 64 bytes, separated by spaces. */
export function webhookSecrets(value: string): readonly Buffer[] {
  return value.split(/\s+/).map((secret) => {
    const [, encoded = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
    const key = Buffer.from(encoded, "base64");
    return valid(key, key.length >= 24 && key.length <= 64);
  });
}

function valid<T>(value: T, isValid: boolean): T {
  if (!isValid) throw new RangeError();
  return value;
}
