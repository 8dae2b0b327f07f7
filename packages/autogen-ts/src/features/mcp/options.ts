/** What a connection to an MCP server can be told, and what it does otherwise. */
import { AutogenError } from "../../core.js";
import type { McpPins } from "./pins.js";
import type { McpSampling } from "./sampling.js";
import type { McpToolInfo } from "./tool-info.js";

/** A server that is started as a child process and spoken to through its input and output. */
export interface McpCommand {
  readonly command: string;
  /** @default [] */
  readonly args?: readonly string[];
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables besides the harmless ones (`PATH`, `HOME`, language, proxies …). Keys of this program are not handed down. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  readonly url?: undefined;
}

/** A server that is spoken to by streamable HTTP. */
export interface McpAddress {
  readonly url: string | URL;
  /** Sent with every request, for example `{ authorization: "Bearer …" }`. They stay in the client. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  readonly command?: undefined;
}

/** What was noticed about a server. */
export interface McpWarning {
  /** `drift`, `hidden-text`, `instruction`, `long-text`, `tool-left-out`, `invalid-message`, `restarted`, `list-failed` … */
  readonly code: string;
  readonly server: string;
  readonly text: string;
}

/** A folder or file that a server may work in. */
export interface McpRoot {
  /** Begins with `file://`. */
  readonly uri: string;
  readonly name?: string;
}

/** How much of a server is taken in. Whatever is longer is cut or refused, and that is said. */
export interface McpLimits {
  /** Characters of a result that a model gets. @default 50000 */
  readonly resultCharacters?: number;
  /** Characters of a description. @default 2000 */
  readonly descriptionCharacters?: number;
  /** Characters of a tool's schema, as JSON; a tool with a longer one is left out. @default 20000 */
  readonly schemaCharacters?: number;
  /** Tools of a server; further ones are left out. @default 128 */
  readonly tools?: number;
  /** Bytes of one message; a server that sends a longer one is cut off. @default 10 MiB */
  readonly messageBytes?: number;
  /** Progress events of one call. @default 1000 */
  readonly progressEvents?: number;
  /** Log messages that are handed to `onLog` from the start of one call to that of the next. @default 1000 */
  readonly logMessages?: number;
}

/** What holds for both kinds of servers. */
export interface McpSettings {
  /**
   * Your name for the server: 1 to 30 letters, digits, `-` and single `_`. Tools are called `NAME__TOOL`, so that those
   * of two servers cannot be mistaken for each other.
   */
  readonly name: string;
  /** Which tools are offered: false leaves one out. Asked again whenever the server changes its list. @default all */
  readonly filter?: (tool: McpToolInfo) => boolean;
  /** Another description than the server's own. @default the server's, cleaned and cut */
  readonly describe?: (tool: McpToolInfo) => string;
  /**
   * What the tools were like when you looked at them: a lock file (written on first use), or the hashes themselves.
   * @default none; changes while connected are warned of all the same
   */
  readonly pins?: string | URL | McpPins;
  /**
   * When a tool is not as pinned, or as it was at first. `warn`: a warning. `leave-out`: changed and new tools are not
   * offered, and calls of them are refused. `refuse`: `connectMcp` throws, and a later change acts as `leave-out`.
   * @default "warn"
   */
  readonly onDrift?: "warn" | "leave-out" | "refuse";
  readonly limits?: McpLimits;
  /** How long a call may take without a sign of progress. @default 60000 */
  readonly timeoutMs?: number;
  /** How long a call may take in all. @default 600000 */
  readonly totalTimeoutMs?: number;
  /** How long a server may take to start and to list its tools. @default 60000 */
  readonly startTimeoutMs?: number;
  /** How often in a row a server that ended is started again, or a lost session is renewed. A call that works counts anew. @default 1 */
  readonly restarts?: number;
  /** What images become: a note to the model, or content parts beside the text. @default "note" */
  readonly images?: "note" | "parts";
  /** Folders that the server may ask for; texts are taken as paths. @default none: the server is told of no roots */
  readonly roots?: readonly (string | URL | McpRoot)[];
  /** Who answers when the server asks for a model. @default nobody: such requests are refused */
  readonly sampling?: McpSampling;
  /**
   * `2025`: the handshake that nearly all servers know. `auto`: asks for the revision of 2026 first; some older servers
   * started as processes do not survive the question. @default "2025" for processes, "auto" for addresses
   */
  readonly protocol?: "2025" | "auto";
  /** Called after the server has changed its list of tools. */
  readonly onToolsChanged?: (drift: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  }) => void;
  /** Called with log messages of the server, cleaned and cut. @default dropped */
  readonly onLog?: (entry: { readonly level: string; readonly text: string }) => void;
  /** Takes warnings. @default the warnings of the current stream: for a console, standard error */
  readonly onWarning?: (warning: McpWarning) => void;
  /** Aborts the connecting. */
  readonly signal?: AbortSignal;
}

/** Options of `connectMcp`. */
export type McpOptions = McpSettings & (McpCommand | McpAddress);

/** Limits with nothing left open. */
export type ResolvedLimits = Required<McpLimits>;

/** Settings with nothing left open that has a default. */
export interface ResolvedSettings {
  readonly name: string;
  readonly place: McpCommand | McpAddress;
  readonly limits: ResolvedLimits;
  readonly timeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly restarts: number;
  readonly images: "note" | "parts";
  readonly onDrift: "warn" | "leave-out" | "refuse";
  readonly protocol: "2025" | "auto";
}

/** @throws AutogenError `invalid-option` */
export function resolveOptions(options: McpOptions): ResolvedSettings {
  const { name, limits = {}, timeoutMs = 60_000, totalTimeoutMs = 600_000, startTimeoutMs = 60_000, restarts = 1 } = options;
  const { images = "note", onDrift = "warn", protocol = options.url === undefined ? "2025" : "auto" } = options;
  checkName(name);
  checkPlace(options);
  checkNumbers({ timeoutMs, totalTimeoutMs, startTimeoutMs, ...limits });
  oneOf("images", images, ["note", "parts"]);
  oneOf("onDrift", onDrift, ["warn", "leave-out", "refuse"]);
  oneOf("protocol", protocol, ["2025", "auto"]);
  return {
    ...{ name, place: options, timeoutMs, totalTimeoutMs, startTimeoutMs, restarts, images, onDrift, protocol },
    limits: {
      resultCharacters: 50_000,
      descriptionCharacters: 2000,
      schemaCharacters: 20_000,
      tools: 128,
      messageBytes: 10 * 2 ** 20,
      progressEvents: 1000,
      logMessages: 1000,
      ...limits,
    },
  };
}

const wrong = (text: string): AutogenError => new AutogenError("invalid-option", text);

function checkName(name: unknown): void {
  if (typeof name === "string" && /^[a-zA-Z0-9-]+(?:_[a-zA-Z0-9-]+)*$/.test(name) && name.length <= 30) return;
  throw wrong(
    `\`name\` of an MCP server is ${JSON.stringify(name) ?? "missing"}. Pass 1 to 30 letters, digits, \`-\` and single \`_\`: the names of its tools begin with it.`,
  );
}

function checkPlace({ name, command, url }: McpOptions): void {
  if ((command === undefined) === (url === undefined)) {
    throw wrong(`The MCP server \`${name}\` needs either \`command\`, to be started, or \`url\`, to be reached at.`);
  }
  if (command !== undefined && (typeof command !== "string" || command === "")) {
    throw wrong(`\`command\` of the MCP server \`${name}\` is no text. Pass the program, and its arguments as \`args\`.`);
  }
  if (url === undefined) return;
  const shown = URL.canParse(String(url)) ? new URL(url) : null;
  if (shown === null || !/^https?:$/.test(shown.protocol)) {
    throw wrong(`\`url\` of the MCP server \`${name}\` is no address. Pass one that begins with \`https://\` or \`http://\`.`);
  }
  if (shown.username + shown.password === "") return;
  throw wrong(`\`url\` of the MCP server \`${name}\` holds a password. Pass it as \`headers: { authorization: … }\`.`);
}

function checkNumbers(numbers: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(numbers)) {
    if (typeof value === "number" && value > 0) continue;
    throw wrong(`\`${key}\` is ${JSON.stringify(value) ?? typeof value}. Pass a number above 0.`);
  }
}

function oneOf(key: string, value: unknown, known: readonly string[]): void {
  if (known.some((one) => one === value)) return;
  throw wrong(`\`${key}\` is ${JSON.stringify(value) ?? typeof value}. Pass ${known.map((one) => `"${one}"`).join(" or ")}.`);
}
