/** The agents that most tests of nested chats start from. */
import {
  AssistantAgent,
  memoryStream,
  UserProxyAgent,
  type ConversableAgent,
  type MemoryStream,
  type RunEvent,
} from "../src/index.js";
import { scriptedModel, type ScriptedModel } from "../src/features/testing/index.js";
import { speaker } from "./groups.js";

export interface NestedCast {
  readonly user: UserProxyAgent;
  readonly writer: AssistantAgent;
  readonly critic: ConversableAgent;
  readonly checker: ConversableAgent;
  /** The writer's model. */
  readonly own: ScriptedModel;
  readonly stream: MemoryStream;
  /** Options that every chat is started with. */
  readonly told: { readonly stream: MemoryStream; readonly onEvent: (event: RunEvent) => void };
  /** Of the warnings so far. */
  readonly codes: () => readonly string[];
}

/** A user that says `next`, a writer whose model says `writer's own`, and two who help it. */
export function cast(inner: { readonly critic?: readonly string[] } = {}): NestedCast {
  const own = scriptedModel("writer's own", "writer's second");
  const events: RunEvent[] = [];
  const stream = memoryStream();
  return {
    user: new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false, defaultAutoReply: "next" }),
    writer: new AssistantAgent({ name: "writer", systemMessage: "W", llmConfig: own.llmConfig }),
    critic: speaker("critic", inner.critic ?? "too long"),
    checker: speaker("checker", "checked"),
    own,
    stream,
    told: { stream, onEvent: (event: RunEvent) => events.push(event) },
    codes: () => events.flatMap((event) => (event.type === "warning" ? [event.code] : [])),
  };
}
