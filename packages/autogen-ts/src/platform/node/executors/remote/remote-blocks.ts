/** Blocks on another machine: files are written there, programs run there, nothing touches a folder of this one. */
import { createHash } from "node:crypto";
import { canonicalBlock, extensionFor, fileNameFromCode, silencePip } from "../../../../code/index.js";
import type { CodeBlock, CodeResult, ExecuteCodeOptions, ExecutionPolicies } from "../../../../code/index.js";
import { AutogenError, abortError, throwIfAborted } from "../../../../run/index.js";
import { OUTPUT_LIMIT_BYTES } from "../run-process.js";
import type { ProcessOutcome } from "../run-process.js";

/** What another machine can do. */
export interface RemoteMachine {
  /** Name of the executor. */
  readonly name: string;
  readonly policies: ExecutionPolicies;
  /** Where relative names begin there. */
  readonly workDir: string;
  /** Folders on the way are made. */
  writeFile(path: string, content: string, signal: AbortSignal | undefined): Promise<void>;
  /** Runs a file that was written; whatever it started is gone afterwards. */
  run(language: string, path: string, options: ExecuteCodeOptions): Promise<ProcessOutcome>;
}

/** Runs the blocks in order until one fails. @throws AutogenError `invalid-option` without blocks, `aborted` */
export async function executeRemotely(
  machine: RemoteMachine,
  blocks: readonly CodeBlock[],
  options: ExecuteCodeOptions,
): Promise<CodeResult> {
  if (blocks.length === 0) throw new AutogenError("invalid-option", "No code blocks to execute.");
  if (options.signal !== undefined) throwIfAborted(options.signal);
  let output = "";
  let codeFile: string | null = null;
  for (const written of blocks) {
    const result = await executeBlock(machine, canonicalBlock(written), options);
    output += result.output;
    codeFile ??= result.file;
    if (result.exitCode !== 0) return { exitCode: result.exitCode, output, codeFile, executor: machine.name };
  }
  return { exitCode: 0, output, codeFile, executor: machine.name };
}

interface BlockResult {
  readonly exitCode: number;
  readonly output: string;
  readonly file: string | null;
}

async function executeBlock(
  machine: RemoteMachine,
  { language, code: written }: CodeBlock,
  options: ExecuteCodeOptions,
): Promise<BlockResult> {
  const policy = Object.hasOwn(machine.policies, language) ? machine.policies[language] : undefined;
  if (policy === undefined) return { exitCode: 1, output: `\nunknown language ${language}`, file: null };
  const code = silencePip(written, language);
  const claim = fileNameFromCode(code);
  if (claim.kind === "refused") return { exitCode: 1, output: claim.text, file: null };
  const digest = createHash("md5").update(code).digest("hex");
  const name = claim.kind === "name" ? claim.name : `tmp_code_${digest}.${extensionFor(language)}`;
  const path = `${machine.workDir}/${name}`;
  await machine.writeFile(path, code, options.signal);
  if (!policy) return { exitCode: 0, output: `Code saved to ${path}\n`, file: path };
  const { end, exitCode, stdout, stderr } = await machine.run(language, path, options);
  if (end === "aborted" && options.signal !== undefined) throw abortError(options.signal);
  const printed = stderr + stdout;
  if (end === "timeout") return { exitCode: 124, output: `${printed}\nTimeout`, file: path };
  if (end === "output-limit") {
    const text = `${printed}\nStopped: the code printed more than ${OUTPUT_LIMIT_BYTES / 1_000_000} MB.`;
    return { exitCode: 137, output: text, file: path };
  }
  return { exitCode, output: printed, file: path };
}
