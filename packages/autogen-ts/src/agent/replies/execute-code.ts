/** Runs code blocks of the last messages. Specification chapter 24, section 3. */
import { contentText, type Message } from "../../message/index.js";
import { codeReply, extractCodeBlocks } from "../../code/index.js";
import { isAutogenError, type CodeBlock, type CodeResult, type Run } from "../../run/index.js";
import type { Agent } from "../../chat/index.js";
import type { CodeExecution } from "../code-execution.js";
import type { ReplyingAgent } from "../contract.js";
import type { ReplyResult, Turn } from "../reply-list.js";

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
  const blocks = newestBlocks(messages, execution.lastNMessages);
  if (blocks.length === 0) return [false, null];
  return [true, codeReply(await runBlocks(recipient.name, execution, blocks, run))];
}

/** All blocks of the newest message that has any. */
function newestBlocks(messages: readonly Message[], lastN: number | "auto"): readonly CodeBlock[] {
  const count = lastN === "auto" ? sinceOwnWords(messages) : lastN;
  for (let index = messages.length - 1; index >= Math.max(0, messages.length - count); index -= 1) {
    const message = messages[index];
    if (message === undefined || !message.content) continue;
    const blocks = extractCodeBlocks(contentText(message.content));
    if (blocks.length > 0) return blocks;
  }
  return [];
}

/** How many messages came in since the agent last spoke. */
function sinceOwnWords(messages: readonly Message[]): number {
  const own = messages.findLastIndex((message) => message.role !== "user");
  return messages.length - 1 - own;
}

async function runBlocks(agent: string, execution: CodeExecution, blocks: readonly CodeBlock[], run: Run): Promise<CodeResult> {
  const languages = blocks.map(({ language }) => language);
  return await refusalAsResult(async () => {
    const executor = await execution.executor(agent, run);
    run.emit({ type: "code.start", agent, languages });
    const result = await run.perform(
      "code",
      executor.name,
      { blocks },
      async (context) =>
        await executor.executeCodeBlocks(blocks, {
          ...context,
          onOutput: (text, stream) => run.emit({ type: "code.output", agent, text, stream }),
        }),
    );
    run.emit({ type: "code.end", agent, exitCode: result.exitCode, executor: result.executor ?? executor.name });
    return result;
  });
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
