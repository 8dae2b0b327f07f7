/** Options of agents, checked once. Specification chapter 10, section 2. */
import type { ContentPart, Message, MessageDraft } from "../message/index.js";
import type { WrapperConfig } from "../model/index.js";
import { AutogenError, editDistance } from "../run/index.js";
import type { Agent, TerminationPredicate } from "../chat/index.js";
import type { CodeExecutionConfig } from "./code-execution.js";
import type { HumanInputMode } from "./contract.js";
import type { ToolExecutionOptions, ToolFunction } from "./tool-settings.js";

/** Options of an agent. A name written in the program is known to the compiler. */
export interface AgentOptions<Name extends string = string> {
  /** Shown to people and models. */
  readonly name: Name;
  /** First message of every model request; empty: none. @default "You are a helpful AI assistant." */
  readonly systemMessage?: string | readonly ContentPart[];
  /** Whether a received message ends the chat. @default its text ends with the word TERMINATE */
  readonly isTerminationMsg?: TerminationPredicate | null;
  /** Answers to one sender before a human is asked, or the chat ends. @default 100 */
  readonly maxConsecutiveAutoReply?: number | null;
  /** @default "TERMINATE" */
  readonly humanInputMode?: HumanInputMode;
  /** Implementations of tools, by name. @default {} */
  readonly functionMap?: Readonly<Record<string, ToolFunction>> | null;
  /** How tools are run, and who is asked before. @default one after another, nobody is asked */
  readonly toolExecution?: ToolExecutionOptions;
  /** @default false */
  readonly codeExecutionConfig?: CodeExecutionConfig | false;
  /** The model; false, null or absent: none. @default false */
  readonly llmConfig?: WrapperConfig | false | null;
  /** Said when no reply function has an answer; null: say nothing. @default "" */
  readonly defaultAutoReply?: string | MessageDraft | null;
  /** Used by group chats to choose a speaker. @default the system message */
  readonly description?: string | null;
  /** A memory to start with. The agent uses this very map. @default empty */
  readonly chatMessages?: Map<Agent, Message[]> | null;
  /** true or false overrides the per-call value. @default null */
  readonly silent?: boolean | null;
}

const NAMES: readonly string[] = (
  "name systemMessage isTerminationMsg maxConsecutiveAutoReply humanInputMode functionMap toolExecution " +
  "codeExecutionConfig llmConfig defaultAutoReply description chatMessages silent"
).split(" ");

const MODES: readonly unknown[] = ["ALWAYS", "TERMINATE", "NEVER"] satisfies readonly HumanInputMode[];

/** @throws AutogenError `invalid-option` naming the option, the agent and what to pass instead */
export function checkOptions(options: AgentOptions): void {
  if (typeof options !== "object" || options === null || typeof options.name !== "string") {
    throw new AutogenError("invalid-option", 'An agent needs a `name`. Pass an object: `{ name: "assistant", … }`.');
  }
  const { name, humanInputMode, maxConsecutiveAutoReply, isTerminationMsg, llmConfig, functionMap } = options;
  for (const option of Object.keys(options)) if (!NAMES.includes(option)) throw unknownOption(name, option);
  if (humanInputMode !== undefined && !MODES.includes(humanInputMode)) {
    throw wrong(name, "humanInputMode", humanInputMode, `"ALWAYS", "TERMINATE" or "NEVER"`);
  }
  if (maxConsecutiveAutoReply != null && !(typeof maxConsecutiveAutoReply === "number" && maxConsecutiveAutoReply >= 0)) {
    throw wrong(name, "maxConsecutiveAutoReply", maxConsecutiveAutoReply, "a number, 0 or more");
  }
  if (isTerminationMsg != null && typeof isTerminationMsg !== "function")
    throw wrong(name, "isTerminationMsg", isTerminationMsg, "a function");
  if (llmConfig != null && llmConfig !== false && (typeof llmConfig !== "object" || Array.isArray(llmConfig))) {
    throw wrong(name, "llmConfig", llmConfig, "an object, or false");
  }
  for (const [key, value] of Object.entries(functionMap ?? {})) {
    if (typeof value !== "function") throw wrong(name, `functionMap.${key}`, value, "a function");
  }
}

function wrong(agent: string, option: string, value: unknown, wanted: string): AutogenError {
  return new AutogenError("invalid-option", `\`${option}\` of agent \`${agent}\` is ${shown(value)}. Pass ${wanted}.`);
}

function shown(value: unknown): string {
  if (typeof value === "object") return "an object of another kind";
  return typeof value === "string" || typeof value === "number" ? JSON.stringify(value) : `a ${typeof value}`;
}

function unknownOption(agent: string, option: string): AutogenError {
  const near = NAMES.filter((name) => editDistance(plainName(name), plainName(option)) <= 2);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`
      : `The options are ${NAMES.map((name) => `\`${name}\``).join(", ")}.`;
  return new AutogenError("invalid-option", `Agent \`${agent}\` was given an unknown option \`${option}\`. ${hint}`);
}

/** So that the reference's spelling (`human_input_mode`) is recognised too. */
const plainName = (name: string): string => name.replaceAll("_", "").toLowerCase();
