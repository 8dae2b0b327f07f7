/** What a WebSocket server can be told, and what it does otherwise. */
import { randomBytes } from "node:crypto";
import type { ServerOptions } from "node:https";
import { AutogenError } from "../../../run/index.js";
import type { AccessRules, ConnectionRequest } from "./network-access.js";
import type { StreamSettings, WebsocketStream } from "./websocket-stream.js";

/** What the callback of a client is told besides its stream. */
export interface WebsocketClient {
  /** Fires when the client is gone, or the server ends: give it to chats. The same as the stream's. */
  readonly signal: AbortSignal;
  readonly request: ConnectionRequest;
}

/** Options of a WebSocket server. All that costs security has to be asked for. */
export interface WebsocketOptions {
  /**
   * Called for each client, in a context whose stream is `io`. When it ends the connection is closed; when it fails
   * that is a warning, and the server goes on.
   */
  readonly onConnect: (io: WebsocketStream, client: WebsocketClient) => void | Promise<void>;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0: any free one. @default 8765 */
  readonly port?: number;
  /** Key and certificate; the address then begins with `wss:`. @default none */
  readonly ssl?: ServerOptions;
  /** `text`: bare text, as the reference has it. `json`: frames with a type, ids and events. @default "text" */
  readonly protocol?: "text" | "json";
  /**
   * What clients must send as the parameter `token` of the address or as `Authorization: Bearer`; false: nothing.
   * @default a new random one, which is part of `uri`
   */
  readonly token?: string | false;
  /**
   * Origins of the web pages that may connect, for example `https://chat.example.org`, or `"any"`.
   * Programs, which send no origin, are not concerned. @default pages of this machine and of the server's own address
   */
  readonly origins?: readonly string[] | "any";
  /** Names under which clients may address the server, besides `host`, `localhost` and addresses in numbers. @default [] */
  readonly hosts?: readonly string[];
  /** Asked last; false refuses the client with status 403. */
  readonly verifyClient?: (request: ConnectionRequest) => boolean | Promise<boolean>;
  /** Most bytes of a frame from a client. @default 1 MiB */
  readonly maxPayload?: number;
  /** Most bytes that may wait for a client which does not read. @default 16 MiB */
  readonly maxBufferedBytes?: number;
  /** Most clients at a time; further ones get status 503. @default 100 */
  readonly maxConnections?: number;
  /** How often clients are asked for a sign of life; one that gives none until the next time is cut off. 0: never. @default 30000 */
  readonly heartbeatMs?: number;
  /** How long `close` waits for callbacks before it aborts them. @default 10000 */
  readonly closeTimeoutMs?: number;
  /** How long a question waits for its answer. @default for ever */
  readonly inputTimeoutMs?: number;
  /** Send ANSI colours. @default false */
  readonly color?: boolean;
  /** With the protocol `json`: send events as well as text. @default true */
  readonly events?: boolean;
  /** Takes what went wrong with a client. @default the warnings of the process's default stream */
  readonly onWarning?: (text: string) => void;
}

/** Options with nothing left open. */
export interface WebsocketSettings extends StreamSettings {
  readonly onConnect: WebsocketOptions["onConnect"];
  readonly host: string;
  readonly port: number;
  readonly ssl: ServerOptions | undefined;
  readonly rules: AccessRules;
  readonly verifyClient: WebsocketOptions["verifyClient"];
  readonly maxPayload: number;
  readonly maxBufferedBytes: number;
  readonly maxConnections: number;
  readonly heartbeatMs: number;
  readonly closeTimeoutMs: number;
  readonly onWarning: WebsocketOptions["onWarning"];
}

/** @throws AutogenError `invalid-option` */
export function resolveOptions(options: WebsocketOptions): WebsocketSettings {
  const {
    onConnect,
    host = "127.0.0.1",
    port = 8765,
    ssl,
    protocol = "text",
    token = randomBytes(24).toString("base64url"),
    origins = null,
    hosts = [],
    verifyClient,
    maxPayload = 2 ** 20,
    maxBufferedBytes = 2 ** 24,
    maxConnections = 100,
    heartbeatMs = 30_000,
    closeTimeoutMs = 10_000,
    inputTimeoutMs,
    color = false,
    events = true,
    onWarning,
  } = options;
  check({ onConnect, protocol, token, port });
  const rules = { token: token === false ? null : token, origins, hosts: [...hosts, host] };
  const limits = { maxPayload, maxBufferedBytes, maxConnections, heartbeatMs, closeTimeoutMs };
  return { onConnect, host, port, ssl, protocol, rules, verifyClient, ...limits, inputTimeoutMs, color, events, onWarning };
}

/** Callers without a type checker, and settings from files. */
function check({
  onConnect,
  protocol,
  token,
  port,
}: Readonly<Record<"onConnect" | "protocol" | "token" | "port", unknown>>): void {
  const wrong = (text: string): AutogenError => new AutogenError("invalid-option", text);
  if (typeof onConnect !== "function") throw wrong("`onConnect` is missing. Pass a function that takes the stream of a client.");
  if (protocol !== "text" && protocol !== "json") {
    throw wrong(`\`protocol\` is ${JSON.stringify(protocol)}. Pass "text" or "json".`);
  }
  if (token !== false && (typeof token !== "string" || token === "")) {
    throw wrong("`token` is neither a text nor false. Leave it out for a random one, or pass false for none.");
  }
  if (!(typeof port === "number" && Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw wrong(`\`port\` is ${JSON.stringify(port)}. Pass a number from 0 to 65535.`);
  }
}
