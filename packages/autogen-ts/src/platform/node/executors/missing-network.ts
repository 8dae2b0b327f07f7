/** Recognises code that failed because it has no network, or not the host it wanted, and says what can be done. */
import type { NetworkAccess } from "../../../code/index.js";

const SIGNS: readonly RegExp[] = [
  /Temporary failure in name resolution|Name or service not known|nodename nor servname|getaddrinfo (?:EAI_AGAIN|ENOTFOUND|failed)/,
  /Network is unreachable|ENETUNREACH|Could not resolve (?:host|proxy)|NameResolutionError|Name resolution failed/i,
  /Could not connect to server|Failed to establish a new connection|ProxyError|Tunnel connection failed: 403|CONNECT tunnel failed, response 403/,
  /No matching distribution found for|Requires net access to/,
  /is not among those that executed code may reach|is not on the public internet/,
];

/** Whether the output of failed code says that a connection was wanted. */
export function wantedNetwork(output: string): boolean {
  const text = output.slice(-20_000); // errors stand at the end
  return SIGNS.some((sign) => sign.test(text));
}

/** One line for the model. */
export function networkNote(network: NetworkAccess): string {
  if (network === true) return "";
  const what =
    network === false
      ? "This sandbox has no network: nothing can be downloaded, installed or looked up."
      : network === "public"
        ? "This sandbox reaches the public internet only, through the HTTP proxy that its environment names."
        : `This sandbox reaches these hosts only, through the HTTP proxy that its environment names: ${network.join(", ")}.`;
  return `${what} Solve it with what is there, or ask the user to open the network.`;
}
