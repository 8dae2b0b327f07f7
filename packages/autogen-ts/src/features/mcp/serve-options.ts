/** What an MCP server can be told, and what it does otherwise. All that costs security has to be asked for. */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { AutogenError } from "../../core.js";
import type { AccessRules } from "../../platform/node/index.js";

/** Options of `serveMcp`. */
export interface McpServeOptions {
  /** `stdio`: over standard input and output of this process, for a client that has started it. @default "http" */
  readonly transport?: "http" | "stdio";
  /** What clients are told of the server. @default { name: "autogen-ts", version: "0" } */
  readonly info?: { readonly name: string; readonly version: string };
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0: any free one. @default 8766 */
  readonly port?: number;
  /** @default "/mcp" */
  readonly path?: string;
  /**
   * What clients must send as `Authorization: Bearer`; false: nothing, which only loopback addresses may have.
   * @default a new random one, `server.token`
   */
  readonly token?: string | false;
  /** Origins of web pages that may connect, or `"any"`; programs send none. @default pages of this machine and of the server's own address */
  readonly origins?: readonly string[] | "any";
  /** Names under which clients may address the server, besides `host`, `localhost` and addresses in numbers. @default [] */
  readonly hosts?: readonly string[];
  /** Most bytes of a request. @default 1 MiB */
  readonly maxBodyBytes?: number;
  /** Most clients that hold a session; one that is idle makes room, else further ones get status 503. @default 100 */
  readonly maxSessions?: number;
  /** A session without requests for so long ends. @default 1800000 */
  readonly sessionIdleMs?: number;
  /** Most chats at a time; further calls are told to wait. @default 16 */
  readonly maxChats?: number;
  /** Most conversations with an agent that are remembered. @default 100 */
  readonly maxConversations?: number;
  /** Most characters of a message. @default 100000 */
  readonly maxMessageCharacters?: number;
  /** Takes what went wrong with a client. @default dropped: the client has been told */
  readonly onWarning?: (text: string) => void;
}

/** Options with nothing left open. */
export interface ServeSettings extends Required<Omit<McpServeOptions, "token" | "origins" | "hosts" | "onWarning">> {
  readonly rules: AccessRules;
  readonly onWarning: (text: string) => void;
}

const wrong = (text: string): AutogenError => new AutogenError("invalid-option", text);

/** @throws AutogenError `invalid-option` */
export function resolveServeOptions(options: McpServeOptions): ServeSettings {
  const {
    transport = "http",
    info = { name: "autogen-ts", version: "0" },
    host = "127.0.0.1",
    port = 8766,
    path = "/mcp",
    token = randomBytes(24).toString("base64url"),
    origins = null,
    hosts = [],
    maxBodyBytes = 2 ** 20,
    maxSessions = 100,
    sessionIdleMs = 1_800_000,
    maxChats = 16,
    maxConversations = 100,
    maxMessageCharacters = 100_000,
    onWarning = () => undefined,
  } = options;
  if (transport !== "http" && transport !== "stdio") {
    throw wrong(`\`transport\` is ${JSON.stringify(transport) ?? typeof transport}. Pass "http" or "stdio".`);
  }
  if (token !== false && (typeof token !== "string" || token === "")) {
    throw wrong("`token` is neither a text nor false. Leave it out for a random one, or pass false for none.");
  }
  if (token === false && !isLoopback(host)) {
    throw wrong(`\`token\` is false, but \`host\` is ${host}, which others can reach. Give a token, or listen on 127.0.0.1.`);
  }
  if (!path.startsWith("/")) throw wrong(`\`path\` is ${JSON.stringify(path)}. Begin it with \`/\`.`);
  const numbers = { maxBodyBytes, maxSessions, sessionIdleMs, maxChats, maxConversations, maxMessageCharacters };
  for (const [key, value] of Object.entries(numbers)) {
    if (!(typeof value === "number" && value > 0)) throw wrong(`\`${key}\` is ${JSON.stringify(value)}. Pass a number above 0.`);
  }
  const rules = { token: token === false ? null : token, origins, hosts: [...hosts, host] };
  return { transport, info, host, port, path, rules, ...numbers, onWarning };
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
