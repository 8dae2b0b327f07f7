/** What the commands for durable runs share. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AutogenError, visibleText } from "../../../core.js";
import {
  durableRuns,
  isConversation,
  journalFile,
  type AnyConversation,
  type DurableRuns,
  type OpenQuestion,
  type RunOutcome,
} from "../../durable/index.js";
import type { CommandCall, CommandOption } from "../command.js";

const DEFAULT_DIR = ".autogen/durable";

export const DIR: CommandOption = {
  name: "dir",
  short: "d",
  value: "DIR",
  help: `folder of the journals (default: ${DEFAULT_DIR})`,
};
export const JSON_FORM: CommandOption = { name: "json", help: "as JSON, for programs" };

/** Lists, shows, answers and cancels; with conversations it runs them too. */
export function runsOf({ value }: Pick<CommandCall, "value">, conversations: readonly AnyConversation[] = []): DurableRuns {
  return durableRuns({ store: journalFile({ dir: value("dir") ?? DEFAULT_DIR }), conversations });
}

/** Everything that a module exports and that is a conversation, also in lists. @throws AutogenError `invalid-option` */
export async function conversationsOf(path: string): Promise<readonly AnyConversation[]> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as Readonly<Record<string, unknown>>;
  const found = new Set(Object.values(module).flat().filter(isConversation));
  if (found.size > 0) return [...found];
  throw new AutogenError(
    "invalid-option",
    `\`${visibleText(path)}\` exports no conversation. Export what \`conversation(name, program)\` gives.`,
  );
}

/** Journals hold what models and people said, which may not pose as something else on a terminal. */
export const shown = (text: string): string => visibleText(text);

export function questionText({ run, id, agent, prompt, asked, expires }: OpenQuestion): string {
  const until = expires === null ? "" : `, until ${expires}`;
  const lines = shown(prompt).trimEnd().replaceAll(/^/gmu, "    ");
  return `  ${shown(agent)} asks since ${shown(asked)}${until}:\n${lines}\n  answer by: autogen-ts durable answer ${shown(run)} TEXT --question ${quoted(shown(id))}\n`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function outcomeText(outcome: RunOutcome): string {
  const id = shown(outcome.id);
  switch (outcome.status) {
    case "finished":
      return `${id} finished: ${shown(textOf(outcome.result))}\n`;
    case "waiting":
      return `${id} waits for an answer.\n${outcome.questions.map(questionText).join("")}`;
    case "failed":
      return `${id} failed: ${shown(outcome.error.message)}\n`;
    default:
      return `${id} was cancelled${outcome.reason === null ? "" : `: ${shown(outcome.reason)}`}\n`;
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
