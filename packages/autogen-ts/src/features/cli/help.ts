/** The texts of `--help`. */
import type { Command, CommandEntry, CommandOption } from "./command.js";

/** Understood by every command. */
export const COMMON_OPTIONS: readonly CommandOption[] = [
  { name: "no-color", help: "no colours; likewise with NO_COLOR in the environment" },
  { name: "help", short: "h", help: "show this" },
];

/** Of the whole program, or of the commands that begin with one word. */
export function overview(commands: readonly CommandEntry[], word: string | null): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `Usage: autogen-ts ${word ?? "COMMAND"} …`,
    "",
    "Commands:",
    ...table(rows),
    "",
    "Options:",
    ...table([
      ["-h, --help", "show this; `autogen-ts COMMAND --help` shows what a command takes"],
      ["-V, --version", "print the version"],
    ]),
    "",
  ].join("\n");
}

/** Of one command. */
export function helpOf(name: string, { description, operands, options }: Command): string {
  return [
    `Usage: ${["autogen-ts", name, ...operands, "[options]"].join(" ")}`,
    "",
    description,
    "",
    "Options:",
    ...table([...options, ...COMMON_OPTIONS].map((option) => [labelOf(option), helpText(option)])),
    "",
  ].join("\n");
}

function labelOf({ name, short, value }: CommandOption): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

const helpText = ({ help, choices }: CommandOption): string =>
  choices === undefined ? help : `${help}: ${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`;

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
