/** The terminal as a stream. Specification chapter 15, section 3. */
import { createInterface } from "node:readline/promises";
import { AutogenError, abortError } from "../../../run/index.js";
import { printedText, type IOStream, type InputOptions } from "../../../io/index.js";

/** Prints to standard output, reads lines from standard input, warns on standard error. */
export function consoleStream(): IOStream {
  return {
    get supportsColor() {
      return wantsColor(process.env, process.stdout.isTTY);
    },
    print(objects, options) {
      process.stdout.write(printedText(objects, options));
    },
    warn(text) {
      process.stderr.write(`warning: ${text}\n`);
    },
    input: readLine,
  };
}

/** `NO_COLOR` and `ANSI_COLORS_DISABLED` win over `FORCE_COLOR`, which wins over what the terminal says. */
function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env["NO_COLOR"] !== undefined || env["ANSI_COLORS_DISABLED"] !== undefined) return false;
  if (env["FORCE_COLOR"] !== undefined) return true;
  return env["TERM"] !== "dumb" && isTerminal;
}

async function readLine(prompt = "", { signal }: InputOptions = {}): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  const closed = new Promise<never>((_, reject) => {
    terminal.once("close", () =>
      reject(new AutogenError("input-closed", `Standard input ended before the question \`${prompt.trim()}\` was answered.`)),
    );
  });
  // Whoever answers first wins; the loser must not count as unhandled.
  closed.catch(() => undefined);
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await Promise.race([terminal.question(prompt, signal === undefined ? {} : { signal }), closed]);
  } catch (error) {
    throw signal?.aborted === true ? abortError(signal) : error;
  } finally {
    terminal.close();
  }
}
