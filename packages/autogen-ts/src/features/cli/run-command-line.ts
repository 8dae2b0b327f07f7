/** Finds the command that is called, loads it, and runs it. */
import { readFileSync } from "node:fs";
import { isAutogenError, visibleText } from "../../core.js";
import { EXIT_USAGE } from "../../index.js";
import type { CommandEntry } from "./command.js";
import { COMMANDS } from "./commands.js";
import { helpOf, overview } from "./help.js";
import type { Writer } from "./output.js";
import { parseCall, UsageError } from "./parse-call.js";

/** What the program lives in. */
export interface Surroundings {
  readonly out: Writer;
  readonly errors: Writer;
  readonly signal: AbortSignal;
  /** @default those of the package */
  readonly commands?: readonly CommandEntry[];
}

/**
 * @param args without the names of interpreter and program
 * @returns the exit code: that of the command, 1 when it failed, 2 when there is no such command or option
 * @throws what is no error of the user: an abort, or a mistake in this program
 */
export async function runCommandLine(args: readonly string[], { commands = COMMANDS, ...rest }: Surroundings): Promise<number> {
  const { out, errors, signal } = rest;
  const fail = (text: string, code: number, more = ""): number => {
    errors.write(`autogen-ts: ${text}\n${more}`);
    return code;
  };
  const [first = "", second = ""] = args;
  if (first === "" || first === "--help" || first === "-h" || first === "help") {
    out.write(overview(commands, null));
    return first === "" ? EXIT_USAGE : 0;
  }
  if (first === "--version" || first === "-V") {
    out.write(`${versionOfPackage()}\n`);
    return 0;
  }
  const entry = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  if (entry === undefined) {
    const family = commands.filter(({ name }) => name.startsWith(`${first} `));
    if (family.length > 0 && (second === "" || second === "--help" || second === "-h")) {
      out.write(overview(family, first));
      return second === "" ? EXIT_USAGE : 0;
    }
    return fail(unknownCommand(family.length > 0 ? `${first} ${second}` : first, commands), EXIT_USAGE);
  }
  const hint = `\`autogen-ts ${entry.name} --help\` shows what it takes.\n`;
  try {
    const command = await entry.load();
    const { operands, values } = parseCall(command, args.slice(entry.name.split(" ").length));
    if (values.has("help")) {
      out.write(helpOf(entry.name, command));
      return 0;
    }
    const value = (option: string): string | undefined => {
      const found = values.get(option);
      return found === true ? undefined : found;
    };
    const plain = (writer: Writer): Writer => (values.has("no-color") ? { ...writer, colours: false } : writer);
    return await command.run({
      ...{ operands, has: (option) => values.has(option), value, signal },
      ...{ out: plain(out), errors: plain(errors) },
    });
  } catch (error) {
    if (error instanceof UsageError) return fail(error.message, EXIT_USAGE, hint);
    if (signal.aborted || isAutogenError(error, "aborted")) throw error;
    if (isAutogenError(error)) return fail(`${error.message} (${error.code})`, 1);
    if (isSystemError(error)) return fail(`${error.message}.`, 1);
    throw error;
  }
}

function unknownCommand(given: string, commands: readonly CommandEntry[]): string {
  const known = commands.map(({ name }) => `\`${name}\``).join(", ");
  return `there is no command \`${visibleText(given)}\`, only ${known}. See \`autogen-ts --help\`.`;
}

/** A file that is not there, a full disk: the system's own words say what is wrong. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** From the package that this file belongs to: `package.json` of the sources, and of the published files, is further up. */
function versionOfPackage(): string {
  for (const up of ["../", "../../", "../../../"]) {
    try {
      const text = readFileSync(new URL(`${up}package.json`, import.meta.url), "utf8");
      const manifest = JSON.parse(text) as { readonly name?: unknown; readonly version?: unknown };
      if (manifest.name === "autogen-ts" && typeof manifest.version === "string") return manifest.version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return "unknown";
}
