/** Agents and chats as tools of an MCP server. */
import { AutogenError, ConversableAgent } from "../../core.js";
import { HttpListener } from "./http-listener.js";
import { loadServer } from "./packages.js";
import { ChatTools } from "./protocol-server.js";
import { resolveServeOptions, type McpServeOptions } from "./serve-options.js";
import { agentChat, type McpChat } from "./served-chat.js";

/** A running server. */
export interface McpServer extends AsyncDisposable {
  /** Where clients connect to; null over standard input and output. */
  readonly url: string | null;
  /** What they send as `Authorization: Bearer`; null when none is needed. */
  readonly token: string | null;
  /** Aborts all chats, and ends all connections. */
  close(): Promise<void>;
}

/**
 * Offers agents and chats as tools, each with a `message` and, to go on with a conversation, its `session`. Each
 * conversation with an agent has a copy of it; the agent's own tools run here.
 *
 * @param served an agent, a chat of your own, or several
 * @throws AutogenError `invalid-option`, `missing-package`
 */
export async function serveMcp(
  served: ConversableAgent | McpChat | readonly (ConversableAgent | McpChat)[],
  options: McpServeOptions = {},
): Promise<McpServer> {
  const settings = resolveServeOptions(options);
  // A list is told apart from an agent or chat by being one; `Array.isArray` does not narrow readonly lists.
  const all = (Array.isArray(served) ? served : [served]) as readonly (ConversableAgent | McpChat)[];
  const chats = tableOf(all.map((one) => (one instanceof ConversableAgent ? agentChat(one, settings) : one)));
  const protocol = await loadServer();
  const tools = new ChatTools(chats, settings, protocol);
  if (settings.transport === "stdio") {
    const handle = protocol.stdio.serveStdio(() => tools.create(), { onerror: ({ message }) => settings.onWarning(message) });
    return running(null, null, async () => {
      await tools.close();
      await handle.close();
    });
  }
  const listener = new HttpListener(settings, tools, protocol);
  await listener.listen();
  return running(listener.url, settings.rules.token, async () => {
    await tools.close();
    await listener.close();
  });
}

function running(url: string | null, token: string | null, end: () => Promise<void>): McpServer {
  let ending: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    ending ??= end();
    await ending;
  };
  return { url, token, close, [Symbol.asyncDispose]: close };
}

function tableOf(chats: readonly McpChat[]): ReadonlyMap<string, McpChat> {
  const table = new Map<string, McpChat>();
  if (chats.length === 0) throw new AutogenError("invalid-option", "There is nothing to serve. Pass an agent or a chat.");
  for (const chat of chats) {
    const { name, reply } = (chat ?? {}) as Partial<McpChat>;
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name) || typeof reply !== "function") {
      const text = `\`${String(name)}\` cannot be served. Pass an agent, or an object with a \`name\` of letters, digits, \`_\` and \`-\`, a \`description\` and a function \`reply\`.`;
      throw new AutogenError("invalid-option", text);
    }
    if (table.has(name)) throw new AutogenError("invalid-option", `Two that are served are called \`${name}\`. Rename one.`);
    table.set(name, chat);
  }
  return table;
}
