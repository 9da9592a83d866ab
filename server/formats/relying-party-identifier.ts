import { createRequire } from "node:module";
import { isIP } from "node:net";

type Tldts = typeof import("tldts");

let tldts: Tldts | undefined;

/** What was found valid last: a deployment has one relying party or few, and the look takes a fifth of a create's time. */
let lastValid: string | undefined;

/** Loaded when it is first needed: the list of public suffixes in it takes a tenth of a second to read. */
function publicSuffixes(): Tldts {
  tldts ??= createRequire(import.meta.url)("tldts") as Tldts;
  return tldts;
}

/** RFC 1123, section 2.1, in lower case; IDNs as A-labels (RFC 5890). The URL Standard takes a last label of digits for an IPv4 address. */
const domain =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?![0-9]+$|0x[0-9a-f]*$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Whether a browser could take it for a relying party id (Web Authentication, section 5.1.2): a valid domain as browsers
 * write it, no IP address, and no public suffix, under which strangers have their domains.
 */
export function isRelyingPartyIdentifier(text: string): boolean {
  if (text === lastValid) return true;
  if (!domain.test(text) || isIP(text) !== 0) return false;
  const { publicSuffix, isIcann, isPrivate } = publicSuffixes().parse(text, { allowPrivateDomains: true });
  // What is not in the list, such as localhost and names of an intranet, is a host of its own.
  const isValid = publicSuffix !== text || (isIcann !== true && isPrivate !== true);
  if (isValid) lastValid = text;
  return isValid;
}
