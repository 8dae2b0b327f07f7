/** What is offered as a tool of an MCP server: an agent, or a chat of your own. */
import { randomUUID } from "node:crypto";
import { AutogenError, contentText, ConversableAgent, type IOStream, type Message, type Subscriber } from "../../core.js";

/** What a chat is told besides the message. */
export interface McpChatContext {
  /** Which conversation this belongs to: messages of one client that are to know of each other. */
  readonly session: string;
  /** Fires when the client cancels or leaves, and when the server ends: give it to chats. */
  readonly signal: AbortSignal;
  /** Give it to chats as `onEvent`: messages become progress of the client's call. */
  readonly onEvent: Subscriber;
  /** Give it to chats as `stream`: standard output belongs to the protocol. */
  readonly stream: IOStream;
}

/** A chat that is offered as a tool. */
export interface McpChat {
  /** Name of the tool: 1 to 64 letters, digits, `_` and `-`. */
  readonly name: string;
  /** What it does, for the model of the client. */
  readonly description: string;
  /** Answers a message. What it throws is told to the client as the message of the error. */
  readonly reply: (message: string, context: McpChatContext) => string | Promise<string>;
}

/** Bounds of conversations with an agent. */
export interface ConversationLimits {
  /** Conversations that are remembered; the one that was quiet longest is forgotten first. */
  readonly maxConversations: number;
}

interface Conversation {
  readonly agent: ConversableAgent;
  readonly caller: ConversableAgent;
  busy: boolean;
}

/** An agent as a chat: each conversation has a copy of it, so that no two mix. */
export function agentChat(agent: ConversableAgent, { maxConversations }: ConversationLimits): McpChat {
  const conversations = new Map<string, Conversation>();
  const conversationOf = (session: string): Conversation => {
    const conversation = conversations.get(session) ?? { agent: agent.clone(), caller: callerOf(agent), busy: false };
    conversations.delete(session); // the latest goes to the end
    conversations.set(session, conversation);
    for (const [oldest, { busy }] of conversations) {
      if (conversations.size <= maxConversations) break;
      if (!busy && oldest !== session) conversations.delete(oldest);
    }
    return conversation;
  };
  return {
    name: agent.name.replaceAll(/[^a-zA-Z0-9_-]/gu, "_").slice(0, 64),
    description: agent.description,
    async reply(message, { session, signal, onEvent, stream }) {
      const conversation = conversationOf(session);
      if (conversation.busy) {
        throw new AutogenError("chat-overlap", "This conversation is still busy with the message before. Wait for its answer.");
      }
      conversation.busy = true;
      try {
        const { agent: copy, caller } = conversation;
        const result = await caller.initiateChat(copy, { message, clearHistory: false, silent: true, signal, onEvent, stream });
        return typeof result.summary === "string" ? result.summary : JSON.stringify(result.summary);
      } finally {
        conversation.busy = false;
      }
    },
  };
}

/** Asks in the client's name, and runs the tools that the agent has, until the agent has said something. */
function callerOf(agent: ConversableAgent): ConversableAgent {
  return new ConversableAgent({
    name: "mcp_client",
    humanInputMode: "NEVER",
    functionMap: Object.fromEntries(agent.functionMap),
    isTerminationMsg: (message) => !hasCalls(message),
  });
}

const hasCalls = (message: Message): boolean =>
  ("tool_calls" in message && (message.tool_calls?.length ?? 0) > 0) ||
  ("function_call" in message && message.function_call !== undefined);

/** The name of a new conversation; nobody guesses it. */
export const newSession = (): string => randomUUID();

/** The first line of a message, for progress. */
export const firstLine = (message: Message): string => (contentText(message.content).split("\n", 1)[0] ?? "").slice(0, 200);
