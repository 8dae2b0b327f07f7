/** Which addresses belong to the public internet. Sources: the IANA special-purpose address registries (RFC 6890). */
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

const SPECIAL_V4 = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by providers; a cloud's metadata
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // Azure's host agent, in public clothes
  ["169.254.0.0", 16], // link-local; metadata of most clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocols; a cloud's metadata
  ["192.0.2.0", 24], // documentation
  ["192.31.196.0", 24], // AS112
  ["192.52.193.0", 24], // AMT
  ["192.88.99.0", 24], // 6to4 relays
  ["192.168.0.0", 16], // private
  ["192.175.48.0", 24], // AS112
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
] as const;

/** Only 2000::/3 is in use; these parts of it are not, or hold other addresses inside. */
const SPECIAL_V6 = [
  ["2001::", 23], // protocols, Teredo among them
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4: an IPv4 address inside
  ["2620:4f:8000::", 48], // AS112
  ["3fff::", 20], // documentation
] as const;

/** Whether an address, as text, is on the public internet and not one of this machine's own. */
export function isPublicAddress(address: string, own: ReadonlySet<string> = ownAddresses()): boolean {
  if (own.has(address)) return false;
  switch (isIP(address)) {
    case 4:
      return !special().check(address, "ipv4");
    case 6: {
      const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
      if (mapped !== undefined) return isPublicAddress(mapped, own);
      return /^[23]/.test(address) && /^[0-9a-f]{4}:/i.test(address) && !special().check(address, "ipv6");
    }
    default:
      return false;
  }
}

function special(): BlockList {
  const list = new BlockList();
  for (const [address, bits] of SPECIAL_V4) list.addSubnet(address, bits, "ipv4");
  for (const [address, bits] of SPECIAL_V6) list.addSubnet(address, bits, "ipv6");
  return list;
}

/** A service of this machine may listen on a public address of it. */
function ownAddresses(): Set<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address)));
}
