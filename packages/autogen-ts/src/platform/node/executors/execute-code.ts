/** Runs one piece of code without an executor at hand, as the reference's older interface does. Specification chapter 24, section 4. */
import { createHash } from "node:crypto";
import { dockerTag, legacyLog, NOT_IN_WORKSPACE, programFor, resolveInside } from "../../../code/index.js";
import type { CodeExecutor, ExecuteCodeOptions, ExecutorRequest } from "../../../code/index.js";
import { AutogenError, isAutogenError, loadHost } from "../../../run/index.js";
import { WorkFolder } from "./work-folder.js";

/** Settings of `executeCode`. */
export interface ExecuteCodeSettings
  extends Omit<ExecutorRequest, "timeoutSeconds" | "keepTemporary" | "executionPolicies" | "useDocker">, ExecuteCodeOptions {
  /** Seconds. @default 600 */
  readonly timeout?: number;
  /** Name of the code's file below `workDir`, which stays; without `code`, the file is run as it is. */
  readonly filename?: string;
  /** Made if missing. @default "autogen_work" below the current folder */
  readonly workDir?: string;
  /** As in `codeExecutionConfig`; of several names of images the first one that can be had is taken. */
  readonly useDocker?: ExecutorRequest["useDocker"] | readonly string[];
  /**
   * Save the container as the image `python:` and the name of the code's file, which is returned instead of the one that
   * was used. @default false
   */
  readonly commitImage?: boolean;
  /** Language of the code, by the names that shells and Python go by in the reference. @default "python" */
  readonly lang?: string;
}

/**
 * Runs code, or a file of the work folder, and waits for its end.
 *
 * @param code may be left out when there is a `filename`
 * @returns exit code; what was printed, after a failure only what was printed as errors (containers do not tell the two
 *   apart); the container's image, or null. The time limit gives `[1, "Timeout", image]`.
 * @throws AutogenError `invalid-option` without code and file name, or for a file that is not there; `unsupported` for an
 *   unknown language; `no-sandbox` when nothing here can run code safely; `aborted`
 */
export async function executeCode(
  code?: string | null,
  settings: ExecuteCodeSettings = {},
): Promise<readonly [exitCode: number, logs: string, image: string | null]> {
  const { lang = "python", timeout = 600, filename, workDir = "autogen_work", useDocker, ...others } = settings;
  const { commitImage = false, signal, onOutput, ...more } = others;
  programFor(lang);
  const claim = resolveInside(filename ?? temporaryName(code, lang));
  if (claim.kind !== "name") return [1, NOT_IN_WORKSPACE, null];
  const folder = new WorkFolder(workDir);
  const block = { language: lang, code: code ?? (await contentOf(folder, claim.name)), fileName: claim.name };
  const request = { ...more, workDir, timeoutSeconds: timeout, executionPolicies: { javascript: true } };
  const executor = await firstOf(imagesIn(useDocker), request);
  try {
    const watch = { ...(signal === undefined ? {} : { signal }), ...(onOutput === undefined ? {} : { onOutput }) };
    const { exitCode, log } = legacyLog(await executor.executeCodeBlocks([block], watch));
    return [exitCode, log, await imageOf(executor, commitImage ? dockerTag(claim.name) : undefined)];
  } finally {
    await executor.stop?.();
    if (filename === undefined) await folder.remove(claim.name);
  }
}

function temporaryName(code: string | null | undefined, language: string): string {
  if (code === undefined || code === null)
    throw new AutogenError("invalid-option", "There is nothing to execute. Pass the code, a `filename`, or both.");
  const digest = createHash("md5").update(code).digest("hex");
  return `tmp_code_${digest}.${language.startsWith("python") ? "py" : language}`;
}

async function contentOf(folder: WorkFolder, name: string): Promise<string> {
  const content = await folder.read(name);
  if (content !== undefined) return content;
  throw new AutogenError(
    "invalid-option",
    `There is no file \`${name}\` in \`${folder.path}\`. Pass its code, or another \`filename\`.`,
  );
}

/** Settings of `useDocker` to try one after the other. */
function imagesIn(useDocker: ExecuteCodeSettings["useDocker"]): readonly ExecutorRequest["useDocker"][] {
  if (typeof useDocker !== "object") return [useDocker];
  if (useDocker.length > 0) return useDocker;
  throw new AutogenError("invalid-option", "`useDocker` is an empty list. Name an image, or pass true.");
}

async function firstOf(wishes: readonly ExecutorRequest["useDocker"][], request: ExecutorRequest): Promise<CodeExecutor> {
  const host = await loadHost();
  for (const [index, useDocker] of wishes.entries()) {
    try {
      return (await host.chooseExecutor({ ...request, ...(useDocker === undefined ? {} : { useDocker }) })).executor;
    } catch (error) {
      if (!isAutogenError(error, "no-sandbox") || index === wishes.length - 1) throw error;
    }
  }
  throw new AutogenError("no-sandbox", "Nothing was tried."); // there is at least one wish
}

/** @param tag for the container as it is now @returns the image of a container, null for anything else */
async function imageOf(executor: CodeExecutor, tag: string | undefined): Promise<string | null> {
  const { DockerCommandLineCodeExecutor } = await import("./container/executor.js");
  if (!(executor instanceof DockerCommandLineCodeExecutor)) return null;
  return (tag === undefined ? null : await executor.commit("python", tag)) ?? executor.image;
}
