/** Code blocks as one effect of a run. */
import type { CodeExecutor } from "../../code/index.js";
import type { CodeBlock, CodeResult, Run } from "../../run/index.js";

/** Who runs code, with what, in which run. */
export interface Running {
  readonly agent: string;
  readonly executor: CodeExecutor;
  readonly run: Run;
}

/** @param block number of the only block, where blocks are announced one by one */
export async function runBlocks(
  { agent, executor, run }: Running,
  blocks: readonly CodeBlock[],
  block?: number,
): Promise<CodeResult> {
  const languages = blocks.map(({ language }) => language);
  run.emit({ type: "code.start", agent, languages, ...(block === undefined ? {} : { block }) });
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
  if (result.wanted === "network") run.warn("no-network", NO_NETWORK);
  return result;
}

const NO_NETWORK =
  'Code failed because it could not reach the network. `codeExecutionConfig: { network: "public" }` lets it reach the public internet, a list of hosts only those.';
