/** What all executors that start a program per block have in common. Specification chapter 24, section 6. */
import { createHash } from "node:crypto";
import { canonicalBlock, dangerIn, extensionFor, fileNameFromCode, resolveInside, silencePip } from "../../../code/index.js";
import type {
  CodeBlock,
  CodeLimits,
  CodeResult,
  ExecuteCodeOptions,
  ExecutionPolicies,
  NetworkAccess,
  SanitizeMode,
} from "../../../code/index.js";
import { AutogenError, abortError, throwIfAborted } from "../../../run/index.js";
import { networkNote, wantedNetwork } from "./missing-network.js";
import { OUTPUT_LIMIT_BYTES } from "./run-process.js";
import type { ProcessOutcome } from "./run-process.js";
import type { WrittenFile } from "./work-folder.js";

/** Where blocks are written before they run. */
export interface BlockFolder {
  /** Makes the folder, unless it is there. */
  open(): Promise<void>;
  /** @param name relative and without `..`, as `fileNameFromCode` gives it */
  write(name: string, content: string, signal?: AbortSignal): Promise<WrittenFile>;
  remove(name: string): Promise<void>;
}

/** What an executor must say of itself to be used here. */
export interface CommandLine {
  readonly name: string;
  readonly folder: BlockFolder;
  readonly policies: ExecutionPolicies;
  readonly sanitize: SanitizeMode;
  /** Added to `unknown language x`; says what to do about it. */
  readonly unknownLanguageHint: string;
  /** Whether what `run` gives as `stdout` has no errors in it. */
  readonly keepsStreamsApart: boolean;
  /** Whether blocks that name no file leave one behind. */
  readonly keepTemporary: boolean;
  /** What the code can reach; absent where it is not limited. */
  readonly network?: NetworkAccess;
  readonly limits: CodeLimits;
  /** Runs a file of the work folder; a text when the machine has no program for it. */
  run(language: string, fileName: string, options: ExecuteCodeOptions): Promise<ProcessOutcome | string>;
}

/** The result of one block. */
interface BlockResult {
  readonly exitCode: number;
  readonly output: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly file: string | null;
  readonly wanted?: "network";
}

/** Runs the blocks in order until one fails. */
export async function executeOnCommandLine(
  line: CommandLine,
  blocks: readonly CodeBlock[],
  options: ExecuteCodeOptions,
): Promise<CodeResult> {
  requireBlocks(blocks);
  if (options.signal !== undefined) throwIfAborted(options.signal);
  await line.folder.open();
  let output = "";
  let stdout = "";
  let stderr = "";
  let codeFile: string | null = null;
  const streams = (): Pick<CodeResult, "streams"> => (line.keepsStreamsApart ? { streams: { stdout, stderr } } : {});
  for (const written of blocks) {
    const result = await executeBlock(line, canonicalBlock(written), options);
    output += result.output;
    stdout += result.stdout ?? "";
    stderr += result.stderr ?? "";
    codeFile ??= result.file;
    if (result.exitCode === 0) continue;
    const { exitCode, wanted } = result;
    const failed = { exitCode, output, ...streams(), codeFile, executor: line.name };
    return wanted === undefined ? failed : { ...failed, wanted };
  }
  return { exitCode: 0, output, ...streams(), codeFile, executor: line.name };
}

/** @throws AutogenError `invalid-option` when there is nothing to run */
function requireBlocks(blocks: readonly CodeBlock[]): void {
  if (blocks.length === 0) throw new AutogenError("invalid-option", "No code blocks to execute.");
}

/** The name that a block is saved under when it names none. */
function temporaryName(language: string, code: string): string {
  return `tmp_code_${createHash("md5").update(code).digest("hex")}.${extensionFor(language)}`;
}

async function executeBlock(
  line: CommandLine,
  { language, code: written, fileName }: CodeBlock,
  options: ExecuteCodeOptions,
): Promise<BlockResult> {
  const policy = Object.hasOwn(line.policies, language) ? line.policies[language] : undefined;
  if (policy === undefined) return refusal(`\nunknown language ${language}${line.unknownLanguageHint}`);
  const danger = line.sanitize === "off" ? undefined : dangerIn(language, written);
  if (danger !== undefined && line.sanitize === "throw") throw new AutogenError("executor-failed", danger);
  if (danger !== undefined) return refusal(danger);

  const code = fileName === undefined ? silencePip(written, language) : written;
  const claim = fileName === undefined ? fileNameFromCode(code) : resolveInside(fileName);
  if (claim.kind === "refused") return refusal(claim.text);
  const name = claim.kind === "name" ? claim.name : temporaryName(language, code);
  const file = await line.folder.write(name, code, options.signal);
  if (!file.ok) return refusal(file.text);
  if (!policy) return { exitCode: 0, output: `Code saved to ${file.path}\n`, file: file.path };

  const outcome = await line.run(language, file.name, options);
  if (!line.keepTemporary && claim.kind !== "name") await line.folder.remove(file.name);
  if (typeof outcome === "string") return { exitCode: 127, output: outcome, file: file.path };
  if (outcome.end === "aborted" && options.signal !== undefined) throw abortError(options.signal);
  const { exitCode, output } = described(outcome, line.limits);
  const result = { exitCode, output, stdout: outcome.stdout, stderr: outcome.stderr, file: file.path };
  if (exitCode === 0 || line.network === undefined || line.network === true || !wantedNetwork(output)) return result;
  const note = output.includes("has no network") ? "" : `${output.endsWith("\n") ? "" : "\n"}${networkNote(line.network)}\n`;
  return { ...result, output: output + note, wanted: "network" };
}

const refusal = (output: string): BlockResult => ({ exitCode: 1, output, file: null });

/** Exit code and text of a program's end. Errors come before the rest, as in the reference. */
function described({ end, exitCode, stdout, stderr }: ProcessOutcome, limits: CodeLimits): { exitCode: number; output: string } {
  const output = stderr + stdout;
  switch (end) {
    case "timeout":
      return { exitCode: 124, output: `${output}\nTimeout` };
    case "output-limit":
      return { exitCode: 137, output: `${output}\nStopped: the code printed more than ${OUTPUT_LIMIT_BYTES / 1_000_000} MB.` };
    case "folder-limit":
      return {
        exitCode: 137,
        output: `${output}\nStopped: the code wrote more than ${limits.folderBytes / 1_000_000} MB, or too many files, to the work folder.`,
      };
    case "memory-limit":
      return {
        exitCode: 137,
        output: `${output}\nStopped: the code used more than ${Math.round(limits.totalMemoryBytes / 1_048_576)} MB of memory.`,
      };
    case "not-found":
      return { exitCode: 127, output: `${output}The program for this language was not found.` };
    default:
      return { exitCode, output };
  }
}
