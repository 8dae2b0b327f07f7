/**
 * Unconfined code by settings without an executor, as the reference runs it: block by block, with what was printed
 * after a line break, and on failure only what was printed as errors. Specification chapter 24, sections 3 and 4.
 */
import { extractCode, inferLanguage, legacyLog } from "../../code/index.js";
import type { CodeBlock, CodeResult } from "../../run/index.js";
import { runBlocks, type Running } from "./run-blocks.js";

/** All blocks of a text, with the language as written or inferred; none when there is only text. */
export function legacyBlocks(text: string): readonly CodeBlock[] {
  const blocks = extractCode(text);
  const [first] = blocks;
  if (blocks.length === 1 && first?.[0] === "unknown") return [];
  return blocks.map(([language, code]) => ({ language: language === "" ? inferLanguage(code) : language, code }));
}

/** Runs the blocks until one fails. */
export async function runOneByOne(running: Running, blocks: readonly CodeBlock[]): Promise<CodeResult> {
  let output = "";
  for (const [index, block] of blocks.entries()) {
    const { exitCode, log } = await runOne(running, block, index);
    output += `\n${log}`;
    if (exitCode !== 0) return { exitCode, output };
  }
  return { exitCode: 0, output };
}

async function runOne(
  running: Running,
  block: CodeBlock,
  index: number,
): Promise<{ readonly exitCode: number; readonly log: string }> {
  const { agent, run } = running;
  if (!isRunnable(block.language)) {
    run.emit({ type: "code.start", agent, languages: [block.language], block: index });
    return { exitCode: 1, log: `unknown language ${block.language}` };
  }
  return legacyLog(await runBlocks(running, [block], index));
}

const isRunnable = (language: string): boolean =>
  ["bash", "shell", "sh"].includes(language) || language.toLowerCase().startsWith("python");
