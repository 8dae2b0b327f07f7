/** JavaScript and TypeScript in a deno of its own, which sees nothing but a copy of the work folder. */
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type { ExecuteCodeOptions } from "../../../code/index.js";
import { denoArguments, denoCommand, denoEnvironment } from "./deno-command.js";
import { GrowthWatch } from "./folder-growth.js";
import { killGroup } from "./kill-tree.js";
import { runProcess } from "./run-process.js";
import type { ProcessOutcome } from "./run-process.js";
import type { SharedByExecutors } from "./shared.js";
import type { Stage } from "./stage.js";
import type { TemporaryFolder } from "./temporary-folder.js";

/** Trusted text that loads the code while running, so that its imports need permission; gives it `require`, too. */
const LOADER = `
import { createRequire } from "node:module";
globalThis.require = createRequire(Deno.args[0]);
console.error = console.warn = console.log;
try {
  await import(Deno.args[0]);
} catch (error) {
  console.log(error instanceof Error ? error.stack : error);
  Deno.exit(1);
}
`;

/** One run of a script. */
export interface ScriptRun {
  readonly stage: Stage;
  /** Where deno keeps what it has compiled; nothing that the code can reach. */
  readonly cache: TemporaryFolder;
  readonly fileName: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly maxFolderBytes: number;
  readonly shared: SharedByExecutors;
  readonly packagesFrom: readonly string[] | undefined;
}

/** Runs a file of the work folder; what it wrote is in the work folder afterwards. */
export async function runScript(
  { stage, cache, fileName, timeoutMs, maxOutputBytes, maxFolderBytes, shared, packagesFrom }: ScriptRun,
  options: ExecuteCodeOptions,
): Promise<ProcessOutcome> {
  const deno = await denoCommand(packagesFrom);
  const folder = await stage.enter();
  const growth = await GrowthWatch.start(folder, maxFolderBytes);
  const url = pathToFileURL(join(folder, fileName)).href;
  const [command = "deno", ...args] = [
    ...deno.prefix,
    ...denoArguments(LOADER, { readable: [folder], writable: [folder], args: [url] }),
  ];
  const request = {
    command,
    args,
    cwd: folder,
    env: denoEnvironment(deno, await cache.open()),
    timeoutMs,
    maxOutputBytes,
    graceMs: 200,
    cleanup: shared.cleanup,
    kill: killGroup,
    plainText: true,
  };
  const signal = options.signal === undefined ? growth.signal : AbortSignal.any([options.signal, growth.signal]);
  const outcome = await runProcess(request, { ...options, signal });
  const told = { ...outcome, stdout: readable(outcome.stdout + outcome.stderr, folder), stderr: "" };
  if (await growth.stop()) {
    await stage.remove(); // nothing of it is taken over
    return { ...told, end: "folder-limit" };
  }
  await stage.leave();
  return told;
}

/** Paths as the code knows them, and refusals without advice that nobody here can follow. */
function readable(output: string, folder: string): string {
  const text = output.replaceAll(`${pathToFileURL(folder).href}/`, "").replaceAll(folder, ".");
  const withoutAdvice = text.replace(/, run again with the --allow-[\w-]+ flag/g, "");
  if (withoutAdvice === text) return text;
  return `${withoutAdvice.trimEnd()}\nThis sandbox has no network, no other programs, and no files but those of the work folder.\n`;
}
