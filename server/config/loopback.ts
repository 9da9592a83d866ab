import { isIPv6 } from "node:net";

/** Whether a host, as HOST or a URL names it, is this machine for itself (RFC 6890; RFC 6761, section 6.3). */
export function isLoopback(host: string): boolean {
  if (/^(?:localhost|127(?:\.\d{1,3}){3})$/i.test(host)) return true;
  const address = host.replace(/^\[(.*)\]$/, "$1");
  return isIPv6(address) && /^(?:::1|(?:0{1,4}:){7}0{0,3}1|::ffff:127(?:\.\d{1,3}){3})$/i.test(address);
}
