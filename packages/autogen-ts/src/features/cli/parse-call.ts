/** Reads what stands behind the name of a command. */
import { parseArgs } from "node:util";
import { visibleText } from "../../core.js";
import type { Command, CommandOption } from "./command.js";
import { COMMON_OPTIONS } from "./help.js";

/** Called in a way that it cannot be called in. The text is for the user; the exit code is 2. */
export class UsageError extends Error {}

/** What was given. */
export interface ParsedCall {
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string | true>;
}

/** @throws UsageError */
export function parseCall(command: Command, args: readonly string[]): ParsedCall {
  const options = [...command.options, ...COMMON_OPTIONS];
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options.map((option) => [option.name, declared(option)])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (option === undefined) throw new UsageError(unknownOption(token.rawName, options));
    values.set(option.name, valueOf(option, token));
  }
  if (!values.has("help")) checkOperands(command, operands);
  return { operands, values };
}

const declared = ({ value, short }: CommandOption) =>
  ({ type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) }) as const;

function valueOf(
  { value, choices }: CommandOption,
  token: { readonly rawName: string; readonly value: string | undefined; readonly inlineValue: boolean | undefined },
): string | true {
  if (value === undefined) {
    if (token.inlineValue === true) throw new UsageError(`\`${token.rawName}\` is a switch: give it without a value.`);
    return true;
  }
  // What looks like an option is none's value unless it is tied to it by `=`.
  if (token.value === undefined || (token.inlineValue !== true && /^-./u.test(token.value)))
    throw new UsageError(`\`${token.rawName}\` needs a value: \`${token.rawName} ${value}\`.`);
  if (choices !== undefined && !choices.includes(token.value)) {
    throw new UsageError(
      `\`${token.rawName}\` cannot be \`${visibleText(token.value)}\`. There are: ${choices.map((one) => `\`${one}\``).join(", ")}.`,
    );
  }
  return token.value;
}

function unknownOption(given: string, options: readonly CommandOption[]): string {
  const known = options.map(({ name }) => `\`--${name}\``).join(", ");
  return `There is no option \`${visibleText(given)}\`, only ${known}.`;
}

function checkOperands({ operands: names }: Command, given: readonly string[]): void {
  const needed = names.filter((name) => !name.startsWith("["));
  const missing = needed[given.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  const extra = given[names.length];
  if (extra !== undefined) throw new UsageError(`\`${visibleText(extra)}\` is one too many.`);
}
