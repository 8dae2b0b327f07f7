/** What a command of the command line is made of. Chapter 42, section 1. */
import type { Writer } from "./output.js";

/** An option, `--name` or `--name VALUE`. */
export interface CommandOption {
  readonly name: string;
  /** One letter, for `-x`. */
  readonly short?: string;
  /** What stands for its value in help; an option without is a switch. */
  readonly value?: string;
  /** The values there are. @default any */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** What a command was called with. */
export interface CommandCall {
  /** In the order of `operands`; those that may be left out are then missing. */
  readonly operands: readonly string[];
  /** Whether a switch was given. */
  readonly has: (option: string) => boolean;
  /** The value of an option; undefined when it was not given. */
  readonly value: (option: string) => string | undefined;
  readonly out: Writer;
  /** For what is no part of the result: notes, warnings. */
  readonly errors: Writer;
  /** Fires on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command, loaded when it is called. */
export interface Command {
  /** What it does, in a few sentences. */
  readonly description: string;
  /** What it is called with, in order; a name in brackets, `[FILE]`, may be left out. */
  readonly operands: readonly string[];
  readonly options: readonly CommandOption[];
  /**
   * @returns the exit code: 0 when all is well
   * @throws AutogenError, whose message is printed; the exit code is then 1
   */
  run(call: CommandCall): Promise<number>;
}

/** How a command is found before it is loaded. */
export interface CommandEntry {
  /** One word, or two: `runs show`. */
  readonly name: string;
  /** For the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}
