/** Groups that most tests of group chats start from. */
import {
  askModel,
  ConversableAgent,
  GroupChat,
  GroupChatManager,
  memoryStream,
  type Agent,
  type AgentOptions,
  type GroupChatManagerOptions,
  type GroupChatOptions,
  type MemoryStream,
  type Message,
  type Reply,
  type RunEvent,
} from "../src/index.js";

/** An agent that never asks and says these things, one after the other; then the last one again and again. */
export function speaker<const Name extends string>(
  name: Name,
  replies: Reply | readonly Reply[] = `${name} says`,
  options: Partial<AgentOptions> = {},
): ConversableAgent & { readonly name: Name } {
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER", description: `${name} does things.`, ...options });
  const left: Reply[] = Array.isArray(replies) ? [...(replies as readonly Reply[])] : [replies as Reply];
  agent.registerReply(
    () => true,
    () => [true, (left.length > 1 ? left.shift() : left[0]) ?? null],
    { position: { before: askModel } },
  );
  return agent as ConversableAgent & { readonly name: Name };
}

/** A group with its manager, and a stream that catches what is printed. */
export interface Scene {
  readonly chat: GroupChat;
  readonly manager: GroupChatManager;
  readonly stream: MemoryStream;
  readonly events: RunEvent[];
  /** Options that every chat of the scene is started with. */
  readonly told: { readonly stream: MemoryStream; readonly onEvent: (event: RunEvent) => void };
}

export function scene(
  agents: readonly Agent[],
  group: Partial<GroupChatOptions> = {},
  manager: Partial<GroupChatManagerOptions> = {},
): Scene {
  const chat = new GroupChat({ agents, speakerSelectionMethod: "round_robin", ...group });
  const stream = memoryStream();
  const events: RunEvent[] = [];
  const told = { stream, onEvent: (event: RunEvent) => events.push(event) };
  return { chat, manager: new GroupChatManager({ name: "mgr", groupChat: chat, ...manager }), stream, events, told };
}

/** `name: text` of each message. */
export const said = (messages: readonly Message[]): string[] =>
  messages.map(({ name, content }) => `${name ?? "?"}: ${typeof content === "string" ? content : JSON.stringify(content)}`);

/** `role name` of each message. */
export const roles = (messages: readonly Message[] | undefined): string[] =>
  (messages ?? []).map(({ role, name }) => `${role} ${name ?? "-"}`);
