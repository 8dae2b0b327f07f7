/** The module of functions that code blocks can import; written and tried before the first block. */
import { formatFunctionsForPrompt, functionsModule, packagesOf, requireModuleName } from "../../../code/index.js";
import type { ExecuteCodeOptions, PythonFunction } from "../../../code/index.js";
import { AutogenError } from "../../../run/index.js";
import { executeOnCommandLine } from "./command-line.js";
import type { CommandLine } from "./command-line.js";

/** Settings that executors of command lines share. */
export interface FunctionsOptions {
  /** Python functions that blocks can import: source text, or text with the packages and imports that it needs. */
  readonly functions?: readonly PythonFunction[];
  /** Name of the module that they are imported from. @default "functions" */
  readonly functionsModule?: string;
}

/** Written once for each executor. */
export class ImportableFunctions {
  readonly #functions: readonly PythonFunction[];
  readonly #moduleName: string;
  #isWritten = false;

  /** @throws AutogenError `invalid-option` for a module's name that is no identifier */
  constructor({ functions = [], functionsModule: moduleName = "functions" }: FunctionsOptions) {
    this.#functions = functions;
    this.#moduleName = requireModuleName(moduleName);
  }

  get packages(): readonly string[] {
    return packagesOf(this.#functions);
  }

  /** See `formatFunctionsForPrompt`. */
  prompt(template?: string): string {
    const moduleName = this.#moduleName;
    return formatFunctionsForPrompt(this.#functions, { moduleName, ...(template === undefined ? {} : { template }) });
  }

  /** @throws AutogenError `executor-failed` when the module cannot be imported */
  async prepare(line: CommandLine, options: ExecuteCodeOptions): Promise<void> {
    if (this.#isWritten || this.#functions.length === 0) return;
    const code = functionsModule(this.#functions);
    const { signal } = options;
    const { exitCode, output } = await executeOnCommandLine(
      line,
      [{ language: "python", code }],
      signal === undefined ? {} : { signal },
    );
    if (exitCode !== 0) throw new AutogenError("executor-failed", `Functions failed to load: ${output.trim()}`);
    const file = await line.folder.write(`${this.#moduleName}.py`, code);
    if (!file.ok) throw new AutogenError("executor-failed", `Functions failed to load: ${file.text}`);
    this.#isWritten = true;
  }
}
