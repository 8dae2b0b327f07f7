/** The command line inside of a test: what it writes, and its exit code. */
import type { CommandEntry } from "../src/features/cli/command.js";
import { runCommandLine } from "../src/features/cli/run-command-line.js";

/** What came of a call. */
export interface Called {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** Calls `autogen-ts` with these words. @param colours as on a terminal */
export async function commandLine(
  args: readonly string[],
  { commands, colours = false }: { readonly commands?: readonly CommandEntry[]; readonly colours?: boolean } = {},
): Promise<Called> {
  const written = { out: "", errors: "" };
  const writer = (name: keyof typeof written) => ({
    write: (text: string) => void (written[name] += text),
    colours,
    columns: null,
  });
  const code = await runCommandLine(args, {
    out: writer("out"),
    errors: writer("errors"),
    signal: new AbortController().signal,
    ...(commands === undefined ? {} : { commands }),
  });
  return { code, ...written };
}
