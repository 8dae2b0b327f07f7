/** One live connection to a server, from the handshake to its end. */
import type { Client, Transport } from "@modelcontextprotocol/client";
import { AutogenError, abortError } from "../../core.js";
import { within } from "../../platform/node/index.js";
import { limitedFetch } from "./limited-fetch.js";
import type { McpAddress, ResolvedSettings } from "./options.js";
import type { ClientPackage } from "./packages.js";
import { masked } from "./secrets.js";
import { StdioTransport } from "./stdio-transport.js";

/** What a session tells, and what it answers by. */
export interface SessionHandlers {
  /** Installs what the client answers, before the handshake. */
  readonly prepare: (client: Client) => void;
  readonly capabilities: { readonly roots?: { readonly listChanged: true }; readonly sampling?: Record<string, never> };
  /** The server says that it has other tools now. */
  readonly onToolsChanged: () => void;
  /** What is wrong, but does not end the connection. */
  readonly onProblem: (text: string) => void;
}

/** A session; when it has ended there is no way back. */
export interface Session {
  readonly client: Client;
  /** Why it has ended; null while it lives. */
  readonly ended: string | null;
  close(): Promise<void>;
}

/**
 * Starts the server or connects to it, and shakes hands.
 *
 * @throws AutogenError `mcp-failed` with what the server said last; `aborted`
 */
export async function openSession(
  { main, validators }: ClientPackage,
  settings: ResolvedSettings,
  { prepare, capabilities, onToolsChanged, onProblem }: SessionHandlers,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const client = new main.Client(
    { name: "autogen-ts", version: "0" },
    {
      capabilities,
      // Schemas come from the server: they are not to become code.
      jsonSchemaValidator: new validators.CfWorkerJsonSchemaValidator(),
      versionNegotiation: { mode: settings.protocol === "auto" ? "auto" : "legacy" },
      listMaxPages: MOST_PAGES,
      listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } },
    },
  );
  prepare(client);
  const transport = transportTo(settings, main);
  let ended: string | null = null;
  let closing: Promise<void> | undefined;
  const endOf = (): string => (transport instanceof StdioTransport ? transport.end : null) ?? "the connection was closed";
  Object.assign(client, {
    onclose: () => (ended ??= endOf()),
    onerror: (error: Error) => onProblem(error.message),
  });
  const close = async (): Promise<void> => {
    closing ??= closeAll(client, transport);
    await closing;
  };
  try {
    await client.connect(transport, { timeout: settings.startTimeoutMs, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    const why = ended ?? (transport instanceof StdioTransport ? transport.end : null) ?? reasonOf(error);
    await close();
    if (signal?.aborted === true) throw abortError(signal);
    throw startFailure(settings, why, error);
  }
  return {
    client,
    get ended() {
      return ended;
    },
    close,
  };
}

/** How long a server may take to end a session. */
const GOODBYE_MS = 1000;
/** A list that never ends is none. */
const MOST_PAGES = 64;

function transportTo({ place, limits }: ResolvedSettings, main: ClientPackage["main"]): StdioTransport | HttpTransport {
  const { messageBytes } = limits;
  if (place.url === undefined) return new StdioTransport(place, { messageBytes, parse: main.parseJSONRPCMessage });
  const { url, headers = {}, fetch: fetchOnce = fetch }: McpAddress = place;
  return new main.StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    fetch: limitedFetch(fetchOnce, messageBytes),
  });
}

type HttpTransport = InstanceType<ClientPackage["main"]["StreamableHTTPClientTransport"]>;

/** The session of an HTTP server ends with a word to it; a process by its end. */
async function closeAll(client: Client, transport: Transport | HttpTransport): Promise<void> {
  if ("terminateSession" in transport) {
    // A server that is gone has no session any more, and one that hangs is not waited for.
    await within(
      GOODBYE_MS,
      transport.terminateSession().catch(() => undefined),
    );
  }
  await client.close().catch(() => undefined); // what cannot be closed is closed
  await transport.close().catch(() => undefined);
}

function startFailure({ name, place }: ResolvedSettings, why: string, cause: unknown): AutogenError {
  const where = place.url === undefined ? `by \`${place.command}\`` : `at ${withoutSecrets(place.url)}`;
  const clean = masked(why, place);
  return new AutogenError("mcp-failed", `The MCP server \`${name}\` ${where} could not be reached: ${clean}${adviceOn(cause)}`, {
    ...(clean === why ? { cause } : {}), // a cause would show what was masked
    details: { server: name },
  });
}

function withoutSecrets(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** What to do about an error, where the protocol's way is not spoken here. */
export function adviceOn(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { status } = ("data" in error ? (error.data ?? {}) : {}) as { readonly status?: unknown };
  if (status !== 401 && status !== 403 && error.name !== "InsufficientScopeError") return "";
  return ". It wants an authorization, and OAuth is not spoken here. Get a token and pass it as `headers: { authorization }`";
}

/** An error in words, those of its causes included. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && !error.message.includes(cause.message) ? `${error.message} (${cause.message})` : error.message;
}
