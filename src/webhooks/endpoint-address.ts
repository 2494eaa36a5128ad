import { BlockList, isIP } from "node:net";

/** Why an address cannot be an endpoint, as a sentence. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
}

const MAXIMUM_LENGTH = 1_000;
const FIRST_FREE_PORT = 1024;
const HTTPS_PORT = 443;

/**
 * The URL of an endpoint: https, a host name, port 443 or one of 1024 and above, no user and no fragment. Throws
 * `EndpointError`. What the name stands for is checked at each connection (send-webhook.ts).
 */
export function parseEndpoint(text: string): URL {
  if (text.length > MAXIMUM_LENGTH || !URL.canParse(text)) throw new EndpointError("The address is no URL.");
  const url = new URL(text);
  if (url.protocol !== "https:") throw new EndpointError("The address must begin with https://.");
  if (url.username !== "" || url.password !== "") throw new EndpointError("The address may hold no user or password.");
  if (url.hash !== "") throw new EndpointError("The address may have no fragment.");
  // The parser has turned every way to write an IPv4 address (0x7f.1, 2130706433) into the plain one.
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0) {
    throw new EndpointError("The address must name its host: an IP address is refused.");
  }
  const port = url.port === "" ? HTTPS_PORT : Number(url.port);
  if (port !== HTTPS_PORT && port < FIRST_FREE_PORT) throw new EndpointError("The port must be 443, or 1024 or above.");
  return url;
}

/** Of the IANA registry of special IPv4 addresses all that are not globally reachable, with multicast and relays. */
const REFUSED_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Global unicast; everything else (loopback, mapped, NAT64, unique local, link-local, multicast) is none. */
const GLOBAL_IPV6 = ["2000::/3"];
/** Of those: protocol assignments with Teredo, documentation, 6to4, AS112. */
const REFUSED_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

// Lists apart: one that knows both families compares IPv4 with mapped IPv6.
const refusedIpv4 = createList(REFUSED_IPV4, "ipv4");
const globalIpv6 = createList(GLOBAL_IPV6, "ipv6");
const refusedIpv6 = createList(REFUSED_IPV6, "ipv6");

function createList(subnets: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix] = subnet.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** True for an address of the public internet; false for all others, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refusedIpv4.check(address, "ipv4");
  if (family !== 6 || address.includes("%")) return false;
  return globalIpv6.check(address, "ipv6") && !refusedIpv6.check(address, "ipv6");
}
