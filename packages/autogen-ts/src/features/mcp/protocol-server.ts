/** The protocol's side of served chats: the list of tools, and their calls. */
import type { CallToolResult, McpServer, ServerContext } from "@modelcontextprotocol/server";
import { isAutogenError, nullStream, type RunEvent } from "../../core.js";
import { IOStream } from "../../platform/node/index.js";
import type { ServerPackage } from "./packages.js";
import { firstLine, newSession, type McpChat } from "./served-chat.js";
import type { ServeSettings } from "./serve-options.js";

/** Makes protocol servers, one for each connection; what they share is the chats. */
export class ChatTools {
  readonly #chats: ReadonlyMap<string, McpChat>;
  readonly #settings: ServeSettings;
  readonly #package: ServerPackage;
  readonly #closing = new AbortController();
  /** Conversations by name, the latest last: a client continues only what was begun here. */
  readonly #sessions = new Map<string, string>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(chats: ReadonlyMap<string, McpChat>, settings: ServeSettings, protocol: ServerPackage) {
    this.#chats = chats;
    this.#settings = settings;
    this.#package = protocol;
  }

  /** A server for one connection. */
  create(): McpServer {
    const whole = new this.#package.main.McpServer(this.#settings.info, { capabilities: { tools: {} } });
    // The plain protocol inside of it: names, schemas and results of the tools are made here.
    const { server } = whole;
    server.setRequestHandler("tools/list", () => ({ tools: [...this.#chats.values()].map(entryOf) }));
    server.setRequestHandler(
      "tools/call",
      async ({ params: { name, arguments: args } }, context) => await this.#counted(name, args, context),
    );
    return whole;
  }

  /** Aborts all chats and waits for their end. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("The server ends."));
    await Promise.allSettled(this.#running);
  }

  async #counted(name: string, args: unknown, context: ServerContext): Promise<CallToolResult> {
    if (this.#running.size >= this.#settings.maxChats) return failure("The server is busy with other chats. Try again later.");
    const work = this.#call(name, args, context);
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  async #call(
    name: string,
    args: unknown,
    { mcpReq: { _meta: meta, signal: ofRequest, notify } }: ServerContext,
  ): Promise<CallToolResult> {
    const chat = this.#chats.get(name);
    if (chat === undefined) return failure(`There is no tool \`${name}\`.`);
    const { message, session: given } = (args ?? {}) as { readonly message?: unknown; readonly session?: unknown };
    if (typeof message !== "string" || message === "") return failure("`message` is missing. Pass a text.");
    if (message.length > this.#settings.maxMessageCharacters) {
      return failure(`\`message\` is longer than ${String(this.#settings.maxMessageCharacters)} characters.`);
    }
    const session = this.#sessionOf(given, name);
    if (session === null) return failure("This conversation is not known (any more). Leave `session` out to begin a new one.");
    const signal = AbortSignal.any([ofRequest, this.#closing.signal]);
    const stream = nullStream();
    let messages = 0;
    const onEvent = (event: RunEvent): void => {
      if (event.type !== "message.received" || meta?.progressToken === undefined) return;
      messages += 1;
      const progress = {
        progressToken: meta.progressToken,
        progress: messages,
        message: `${event.from}: ${firstLine(event.message)}`,
      };
      // A client that is gone needs no progress.
      notify({ method: "notifications/progress", params: progress }).catch(() => undefined);
    };
    try {
      const context = { session, signal, onEvent, stream };
      const reply = await IOStream.withDefault(stream, () => chat.reply(message, context));
      return answer(reply, session);
    } catch (error) {
      if (signal.aborted || isAutogenError(error, "aborted")) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.#settings.onWarning(`The chat of \`${name}\` failed: ${reason}`);
      return failure(`The chat failed: ${reason}`);
    }
  }

  /** A conversation that goes on, or a new one; null for one that was not begun here, or is forgotten. */
  #sessionOf(given: unknown, chat: string): string | null {
    if (given !== undefined && given !== null && given !== "") {
      if (typeof given !== "string" || this.#sessions.get(given) !== chat) return null;
      this.#sessions.delete(given);
      this.#sessions.set(given, chat);
      return given;
    }
    const session = newSession();
    this.#sessions.set(session, chat);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#settings.maxConversations && oldest !== undefined) this.#sessions.delete(oldest);
    return session;
  }
}

function entryOf({ name, description }: McpChat): {
  name: string;
  description: string;
  inputSchema: { type: "object"; properties: Record<string, Record<string, string>>; required: string[] };
  outputSchema: { type: "object"; properties: Record<string, Record<string, string>>; required: string[] };
} {
  const session = {
    type: "string",
    description: "The conversation to go on with, as an earlier answer named it. Without it a new one begins.",
  };
  return {
    name,
    description,
    inputSchema: {
      type: "object",
      properties: { message: { type: "string", description: "What to say or to ask." }, session },
      required: ["message"],
    },
    outputSchema: {
      type: "object",
      properties: { reply: { type: "string" }, session: { type: "string" } },
      required: ["reply", "session"],
    },
  };
}

/** Models that see texts only can go on as well. */
const answer = (reply: string, session: string): CallToolResult => ({
  content: [
    { type: "text", text: reply },
    { type: "text", text: `[To go on with this conversation, pass session "${session}".]` },
  ],
  structuredContent: { reply, session },
});

const failure = (text: string): CallToolResult => ({ isError: true, content: [{ type: "text", text }] });
