/** Durable runs for tests: a folder of journals that is removed, and agents that talk to a model on the wire or in a script. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AssistantAgent,
  UserProxyAgent,
  type AgentOptions,
  type Json,
  type Message,
  type RunEvent,
  type UsageSummary,
} from "../src/index.js";
import { contentText } from "../src/core.js";
import {
  conversation,
  durableRuns,
  journalFile,
  type AnyConversation,
  type Conversation,
  type DurableOptions,
  type DurableRuns,
} from "../src/features/durable/index.js";
import { scriptedModel, type ScriptedModel, type ScriptedReply } from "../src/features/testing/index.js";

/** A folder for one test. */
export interface Folder extends Disposable {
  readonly dir: string;
  /** The lines of a run's journal behind the first. */
  lines(id: string): readonly Record<string, Json>[];
}

export function folder(): Folder {
  const dir = mkdtempSync(join(tmpdir(), "autogen-durable-"));
  return {
    dir,
    lines: (id) =>
      readFileSync(join(dir, `${id}.jsonl`), "utf8")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => JSON.parse(line) as Record<string, Json>),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A user who never types, unless told otherwise, and an assistant. */
export function agents(
  model: ScriptedModel,
  { user = {}, bot = {} }: { readonly user?: Partial<AgentOptions>; readonly bot?: Partial<AgentOptions> } = {},
): { readonly user: UserProxyAgent; readonly bot: AssistantAgent } {
  return {
    user: new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false, ...user }),
    bot: new AssistantAgent({ name: "bot", llmConfig: model.llmConfig, ...bot }),
  };
}

export const model = (...replies: readonly ScriptedReply[]): ScriptedModel => scriptedModel(...replies);

export const said = (messages: readonly Message[]): string[] => messages.map(({ content }) => contentText(content));

/** A host with short patience. */
export function hostOf(dir: string, one: AnyConversation, more: Partial<DurableOptions> = {}): DurableRuns {
  return durableRuns({ store: journalFile({ dir }), conversations: [one], replayQuietMs: 50, suspendAfterMs: 10, ...more });
}

/** What became of a chat of two. */
export interface Chat {
  readonly texts: readonly string[];
  readonly tokens: UsageSummary;
}

/** A chat of two whose model has only these replies. */
export const chatting = (scripted: ScriptedModel, version = "1"): Conversation<{ question: string }, Chat> =>
  conversation(
    "chat",
    async ({ question }: { question: string }, { run }) => {
      const { user, bot } = agents(scripted);
      const { chatHistory, cost } = await user.initiateChat(bot, { message: question, maxTurns: 3, run });
      return { texts: said(chatHistory), tokens: cost.usageExcludingCachedInference };
    },
    { version },
  );

/** Aborts the process's part when the model is asked for the `n`-th time, as a crash would. */
export function crashAt(n: number): {
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent, info: { replayed: boolean }) => void;
} {
  const crash = new AbortController();
  let calls = 0;
  return {
    signal: crash.signal,
    onEvent: (event) => {
      if (event.type !== "llm.start") return;
      calls += 1;
      if (calls === n) crash.abort(new Error("crash"));
    },
  };
}
