/** Runs code blocks of the last messages. Specification chapter 24, section 3. */
import { contentText, type Message } from "../../message/index.js";
import { codeReply, extractCodeBlocks } from "../../code/index.js";
import { isAutogenError, type CodeBlock, type CodeResult } from "../../run/index.js";
import type { Agent } from "../../chat/index.js";
import type { CodeExecution } from "../code-execution.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";
import { legacyBlocks, runOneByOne } from "./legacy-code.js";
import { runBlocks } from "./run-blocks.js";

/** The built-in reply that runs code blocks and reports what they printed. */
export async function executeCode(
  recipient: ReplyingAgent,
  messages: readonly Message[],
  _sender: Agent | null,
  _config: unknown,
  { run }: Turn,
): Promise<ReplyResult> {
  const execution = recipient.codeExecution;
  if (execution === null) return [false, null];
  const blocks = newestBlocks(messages, execution);
  if (blocks.length === 0) return [false, null];
  const result = await refusalAsResult(async () => {
    const executor = await execution.executor(recipient.name, run);
    const running = { agent: recipient.name, executor, run };
    return execution.legacy ? await runOneByOne(running, blocks) : await runBlocks(running, blocks);
  });
  return [true, codeReply(result)];
}

/** All blocks of the newest message that has any. */
function newestBlocks(
  messages: readonly Message[],
  { lastNMessages: lastN, legacy, current }: CodeExecution,
): readonly CodeBlock[] {
  const count = lastN === "auto" ? sinceOwnWords(messages) : lastN;
  for (let index = messages.length - 1; index >= Math.max(0, messages.length - count); index -= 1) {
    const message = messages[index];
    if (message === undefined || !message.content) continue;
    const text = contentText(message.content);
    const blocks = legacy ? legacyBlocks(text) : (current?.codeExtractor?.extractCodeBlocks(text) ?? extractCodeBlocks(text));
    if (blocks.length > 0) return blocks;
  }
  return [];
}

/** How many messages came in since the agent last spoke. */
function sinceOwnWords(messages: readonly Message[]): number {
  const own = messages.findLastIndex((message) => message.role !== "user");
  return messages.length - 1 - own;
}

/** Where nothing can run code, the model is told so, with the ways out. */
async function refusalAsResult(execute: () => Promise<CodeResult>): Promise<CodeResult> {
  try {
    return await execute();
  } catch (error) {
    if (isAutogenError(error, "no-sandbox")) return { exitCode: 1, output: error.message };
    throw error;
  }
}
