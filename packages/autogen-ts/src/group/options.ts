/** Options of group chats, checked once. Specification chapter 12, section 2. */
import type { Json, MessageDraft } from "../message/index.js";
import type { ModelClientClass, WrapperConfig } from "../model/index.js";
import { AutogenError, editDistance } from "../run/index.js";
import type { Agent } from "../chat/index.js";
import type { ConversableAgent } from "../agent/index.js";
import type { Member, SelectionOptions, SpeakerFunction, SpeakerMethod } from "./contract.js";
import type { HandoffOptions } from "./handoffs.js";
import type { TransitionTable } from "./graph/transition-table.js";
import type { NamedTransitions, TransitionOptions } from "./transitions.js";

/** What changes the messages of a selection: the capability that transforms messages is one. */
export interface SelectionTransform {
  addToAgent(agent: Pick<ConversableAgent, "name" | "registerHook">): unknown;
}

/** Options of a group chat. `null` stands for "not given", as in the reference. */
export interface GroupChatOptions<Name extends string = string>
  extends Omit<TransitionOptions<Member<NoInfer<Name>>>, "allowedOrDisallowedSpeakerTransitions">, HandoffOptions<NoInfer<Name>> {
  /**
   * For an agent, those who may, or may not, speak after it: by names, which the compiler checks, or a Map of agents.
   *
   * @default all follow all
   */
  readonly allowedOrDisallowedSpeakerTransitions?: NamedTransitions<NoInfer<Name>> | TransitionTable | null;
  /** Values that all participants share: `{name}` in system messages, `context.variables` in tools. @default {} */
  readonly contextVariables?: Readonly<Record<string, Json>>;
  /** At least two when a speaker has to be chosen. */
  readonly agents: readonly Member<Name>[];
  /** The transcript to start with. @default [] */
  readonly messages?: readonly MessageDraft[];
  /** Messages of one run, the first included. @default 10 */
  readonly maxRound?: number;
  /** The participant that takes over when the user interrupts. @default "Admin" */
  readonly adminName?: string;
  /** Calls of tools are answered by those who can run them. @default true */
  readonly funcCallFilter?: boolean;
  /** @default "auto" */
  readonly speakerSelectionMethod?: SpeakerMethod | SpeakerFunction<NoInfer<Name>>;
  /** Requests after the first, when the answer names nobody or several. @default 2 */
  readonly maxRetriesForSelectingSpeaker?: number;
  /** Obey `clear history` in replies of people and tools. @default false */
  readonly enableClearHistory?: boolean;
  /** Tell everybody who takes part, once for each cleared history (D12-8). @default false */
  readonly sendIntroductions?: boolean;
  /** System message of a selection; may hold `{roles}` and `{agentlist}`. */
  readonly selectSpeakerMessageTemplate?: string;
  /** Stands below the conversation; null or empty: nothing does. May hold `{agentlist}`. */
  readonly selectSpeakerPromptTemplate?: string | null;
  /** Answers an answer that names several; may hold `{agentlist}`. */
  readonly selectSpeakerAutoMultipleTemplate?: string;
  /** Answers an answer that names nobody; may hold `{agentlist}`. */
  readonly selectSpeakerAutoNoneTemplate?: string;
  /** Changes the messages of selections only. @default none */
  readonly selectSpeakerTransformMessages?: SelectionTransform | null;
  /** Print the selections. @default false */
  readonly selectSpeakerAutoVerbose?: boolean;
  /** Classes for entries with `model_client_cls`. @default none */
  readonly selectSpeakerAutoModelClientCls?: ModelClientClass | readonly ModelClientClass[] | null;
  /** Model for selections. @default that of the manager */
  readonly selectSpeakerAutoLlmConfig?: WrapperConfig | false | null;
  /** Role of the prompt and of what is asked again. @default "system" */
  readonly roleForSelectSpeakerMessages?: string;
  /** How the model is asked and how its answers are read. */
  readonly select?: SelectionOptions | null;
  /** Keep images and other parts: true for all participants, or a list of those who can read them; others get text (D12-2). @default false */
  readonly multimodal?: boolean | readonly Member<NoInfer<Name>>[];
}

const NAMES: readonly (keyof GroupChatOptions)[] = [
  "agents",
  "messages",
  "maxRound",
  "adminName",
  "funcCallFilter",
  "speakerSelectionMethod",
  "maxRetriesForSelectingSpeaker",
  "allowRepeatSpeaker",
  "allowedOrDisallowedSpeakerTransitions",
  "speakerTransitionsType",
  "enableClearHistory",
  "sendIntroductions",
  "selectSpeakerMessageTemplate",
  "selectSpeakerPromptTemplate",
  "selectSpeakerAutoMultipleTemplate",
  "selectSpeakerAutoNoneTemplate",
  "selectSpeakerTransformMessages",
  "selectSpeakerAutoVerbose",
  "selectSpeakerAutoModelClientCls",
  "selectSpeakerAutoLlmConfig",
  "roleForSelectSpeakerMessages",
  "select",
  "multimodal",
  "handoffs",
  "afterTurn",
  "contextVariables",
];

/**
 * @throws AutogenError `invalid-option` naming the option and what to pass instead; `agent-name-conflict` when two
 *   participants share a name (D12-20)
 */
export function checkGroupOptions(options: GroupChatOptions): void {
  if (typeof options !== "object" || options === null || !Array.isArray(options.agents)) {
    throw new AutogenError(
      "invalid-option",
      "A group chat needs `agents`, a list of agents. Pass an object: `{ agents: [user, coder], maxRound: 8 }`.",
    );
  }
  for (const option of Object.keys(options)) if (!isKnown(option)) throw unknownOption(option);
  checkAgents(options.agents);
  checkCount("maxRound", options.maxRound);
  checkCount("maxRetriesForSelectingSpeaker", options.maxRetriesForSelectingSpeaker);
  for (const option of ["funcCallFilter", "enableClearHistory", "sendIntroductions", "selectSpeakerAutoVerbose"] as const) {
    const value: unknown = options[option];
    if (value !== undefined && typeof value !== "boolean") throw wrong(option, value, "true or false");
  }
  for (const option of [
    "selectSpeakerMessageTemplate",
    "selectSpeakerAutoMultipleTemplate",
    "selectSpeakerAutoNoneTemplate",
    "roleForSelectSpeakerMessages",
    "adminName",
  ] as const) {
    const value: unknown = options[option];
    if (value === undefined || (option === "adminName" && value === "")) continue;
    if (typeof value !== "string" || value === "") throw wrong(option, value, "a text that is not empty");
  }
  const { selectSpeakerPromptTemplate: prompt, selectSpeakerTransformMessages: transform, messages } = options;
  if (prompt != null && typeof prompt !== "string")
    throw wrong("selectSpeakerPromptTemplate", prompt, "a text, or null for none");
  if (transform != null && typeof transform.addToAgent !== "function") {
    throw wrong("selectSpeakerTransformMessages", transform, "a capability that transforms messages, with `addToAgent`");
  }
  if (messages !== undefined && !Array.isArray(messages)) throw wrong("messages", messages, "a list of messages");
  checkMethod(options.speakerSelectionMethod);
  checkSelect(options.select);
  const { multimodal, contextVariables: variables, selectSpeakerAutoModelClientCls: classes } = options;
  if (multimodal !== undefined && typeof multimodal !== "boolean" && !Array.isArray(multimodal)) {
    throw wrong("multimodal", multimodal, "true, false, or a list of agents");
  }
  if (variables !== undefined && !isPlain(variables)) throw wrong("contextVariables", variables, "an object of values by name");
  for (const one of classes == null ? [] : [classes].flat()) {
    if (typeof one !== "function")
      throw wrong("selectSpeakerAutoModelClientCls", one, "a class of model clients, or a list of them");
  }
}

function checkSelect(select: unknown): void {
  if (select == null) return;
  if (!isPlain(select)) throw wrong("select", select, 'an object: `{ output: "structured" }`');
  const { output, caseSensitive, ...others } = select;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw unknownOption(`select.${unknown}`, ["select.output", "select.caseSensitive"]);
  if (output !== undefined && output !== "text" && output !== "structured") {
    throw wrong("select.output", output, '"text" or "structured"');
  }
  if (caseSensitive !== undefined && typeof caseSensitive !== "boolean") {
    throw wrong("select.caseSensitive", caseSensitive, "true or false");
  }
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);

function checkAgents(agents: readonly Agent[]): void {
  const names = new Set<string>();
  for (const [index, agent] of agents.entries()) {
    const { name, receive } = (agent ?? {}) as Partial<Agent>;
    if (typeof name !== "string" || typeof receive !== "function") throw wrong(`agents[${String(index)}]`, agent, "an agent");
    if (!names.has(name)) {
      names.add(name);
      continue;
    }
    throw new AutogenError(
      "agent-name-conflict",
      `Two participants of a group chat are called \`${name}\`. Give each a name of its own: the others know them by it.`,
    );
  }
}

function checkMethod(method: unknown): void {
  if (method === undefined || typeof method === "string" || typeof method === "function") return;
  throw wrong("speakerSelectionMethod", method, 'one of "auto", "manual", "random" and "round_robin", or a function');
}

function checkCount(option: keyof GroupChatOptions, value: unknown): void {
  if (value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 0)) return;
  throw wrong(option, value, "a whole number, 0 or more");
}

function wrong(option: string, value: unknown, wanted: string): AutogenError {
  return new AutogenError("invalid-option", `\`${option}\` of a group chat is ${shown(value)}. Pass ${wanted}.`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

const isKnown = (option: string): boolean => NAMES.some((name) => name === option);

/** So that the reference's spelling (`max_round`) is recognised too. */
const plainName = (name: string): string => name.replaceAll("_", "").toLowerCase();

function unknownOption(option: string, names: readonly string[] = NAMES): AutogenError {
  const near = names.filter((name) => editDistance(plainName(name), plainName(option)) <= 2);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`
      : `The options are ${names.map((name) => `\`${name}\``).join(", ")}.`;
  return new AutogenError("invalid-option", `A group chat was given an unknown option \`${option}\`. ${hint}`);
}
