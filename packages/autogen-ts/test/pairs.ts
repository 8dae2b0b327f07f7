/** Agents that most tests of conversations start from. */
import {
  AssistantAgent,
  memoryStream,
  UserProxyAgent,
  type AgentOptions,
  type MemoryStream,
  type Message,
} from "../src/index.js";
import { contentText } from "../src/core.js";
import { scriptedModel, type ScriptedModel, type ScriptedReply } from "../src/features/testing/index.js";

export interface Pair {
  readonly user: UserProxyAgent;
  readonly bot: AssistantAgent;
  readonly model: ScriptedModel;
  /** Catches what is printed; pass it as `stream`. */
  readonly stream: MemoryStream;
}

/** A user proxy that never asks and runs no code, and an assistant whose model says `replies`. */
export function pair(replies: readonly ScriptedReply[], user: Partial<AgentOptions> = {}, bot: Partial<AgentOptions> = {}): Pair {
  const model = scriptedModel(...replies);
  return {
    model,
    stream: memoryStream(),
    user: new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false, ...user }),
    bot: new AssistantAgent({ name: "bot", systemMessage: "SYS", llmConfig: model.llmConfig, ...bot }),
  };
}

export const texts = (messages: readonly Message[]): string[] => messages.map(({ content }) => contentText(content));

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected a rejection");
}
