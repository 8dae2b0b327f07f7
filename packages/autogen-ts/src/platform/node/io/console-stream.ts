/** The terminal as a stream. Specification chapter 15, section 3. */
import { AutogenError } from "../../../run/index.js";
import { printedText, type IOStream, type InputOptions } from "../../../io/index.js";
import { LineReader } from "./line-reader.js";
import { TerminalEditor } from "./terminal-editor.js";
import { withTimeLimit } from "./time-limit.js";
import { Turns } from "./turns.js";

/** How the console asks. */
export interface ConsoleStreamOptions {
  /** How long a question waits for its answer. @default for ever */
  readonly inputTimeoutMs?: number;
}

/**
 * Prints to standard output, reads lines from standard input, warns on standard error. On a terminal answers can be
 * edited, earlier ones come back with the arrow keys, and several pasted lines are one answer; Ctrl-D ends the input.
 * From a pipe or a file each question takes a line. Questions that are asked at the same time wait for each other.
 *
 * @throws AutogenError from `input`: `input-closed` at the end of the input or of the time limit, `aborted`
 */
export function consoleStream({ inputTimeoutMs }: ConsoleStreamOptions = {}): IOStream {
  const turns = new Turns();
  // Standard streams are opened by their first use, not when this is made.
  let lines: LineReader | null = null;
  let terminal: TerminalEditor | null = null;

  async function input(
    prompt = "",
    { password = false, signal, timeoutMs = inputTimeoutMs }: InputOptions = {},
  ): Promise<string> {
    const shown = password && prompt === "" ? "Password: " : prompt;
    const answer = await withTimeLimit(shown, { signal, timeoutMs }, (limit) =>
      turns.take(limit, () => read(shown, password, limit)),
    );
    if (answer !== null) return answer;
    throw new AutogenError("input-closed", `Standard input ended before the question \`${shown.trim()}\` was answered.`);
  }

  async function read(prompt: string, password: boolean, signal: AbortSignal | undefined): Promise<string | null> {
    const keyboard = process.stdin;
    if (keyboard.isTTY && (password || canEdit())) {
      terminal ??= new TerminalEditor(process.stdout, canEdit());
      return await terminal.ask({ keyboard, prompt, password, signal });
    }
    process.stdout.write(prompt);
    lines ??= new LineReader(process.stdin);
    return await lines.next(signal);
  }

  const toStandardError = (text: string): void => {
    const write = (): void => void process.stderr.write(`${text}\n`);
    if (process.stderr.isTTY && terminal !== null) terminal.above(write);
    else write();
  };
  return {
    get supportsColor() {
      return wantsColor(process.env, process.stdout.isTTY);
    },
    print(objects, options) {
      const text = printedText(objects, options);
      if (process.stdout.isTTY) (terminal ??= new TerminalEditor(process.stdout, canEdit())).print(text);
      else process.stdout.write(text);
    },
    note: (text) => toStandardError(text),
    warn: (text) => toStandardError(`warning: ${text}`),
    input,
  };
}

/** A terminal on both sides that understands control sequences. */
const canEdit = (): boolean => process.stdout.isTTY && process.env["TERM"] !== "dumb";

/** `NO_COLOR` and `ANSI_COLORS_DISABLED` win over `FORCE_COLOR`, which wins over what the terminal says. */
function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env["NO_COLOR"] !== undefined || env["ANSI_COLORS_DISABLED"] !== undefined) return false;
  if (env["FORCE_COLOR"] !== undefined) return true;
  return env["TERM"] !== "dumb" && isTerminal;
}
