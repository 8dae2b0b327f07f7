/** Which hosts a list of names allows. */
import { AutogenError } from "../../../run/index.js";
import type { NetworkAccess } from "../../../code/index.js";

/** What is asked for. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Whether `network` allows a host by its name: any for "public", else those listed. `example.com` is that host alone,
 * `*.example.com` all below it, `example.com:8080` that port alone.
 */
export function isAllowedHost(network: "public" | readonly string[], { host, port }: HostAndPort): boolean {
  if (network === "public") return true;
  const name = plainName(host);
  return network.some((entry) => {
    const { pattern, onlyPort } = entryOf(entry);
    if (onlyPort !== undefined && onlyPort !== port) return false;
    return pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
  });
}

/** @throws AutogenError `invalid-option` for entries that are no names of hosts */
export function requireNetwork(network: NetworkAccess): NetworkAccess {
  if (typeof network === "boolean" || network === "public") return network;
  const wrong: unknown = Array.isArray(network) ? network.find((entry: unknown) => !isEntry(entry)) : network;
  if (wrong === undefined) return network;
  throw new AutogenError(
    "invalid-option",
    `\`network\` has the value ${JSON.stringify(wrong)}. Use false, "public", true, or a list of hosts such as ["pypi.org", "*.example.com:443"].`,
  );
}

const isEntry = (entry: unknown): boolean =>
  typeof entry === "string" && /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*\.?(?::\d{1,5})?$/.test(entry);

function entryOf(entry: string): { readonly pattern: string; readonly onlyPort: number | undefined } {
  const [host = "", port] = entry.split(":");
  return { pattern: plainName(host), onlyPort: port === undefined ? undefined : Number(port) };
}

const plainName = (host: string): string => host.toLowerCase().replace(/\.$/, "");
