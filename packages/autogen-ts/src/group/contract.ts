/** The face of a group chat that methods of selection, selectors and runs see. */
import type { ContentPart, Message, MessageDraft } from "../message/index.js";
import type { WrapperConfig } from "../model/index.js";
import type { Run } from "../run/index.js";
import type { Agent, ModelCaller } from "../chat/index.js";
import type { ContextVariables } from "../agent/index.js";
import type { Handoffs } from "./handoffs.js";
import type { AnswerForms } from "./speakers/answer-form.js";
import type { SpeakerTransitions } from "./transitions.js";

/** A participant whose name the compiler knows. */
export type Member<Name extends string = string> = Agent & { readonly name: Name };

/** The built-in methods; any case. */
export type SpeakerMethod = "auto" | "manual" | "random" | "round_robin" | (string & {});

/**
 * What a selector may answer: a participant or its name (chosen, whatever tables say), a method or a list of participants
 * (choose among them, D12-16), or null to end the run.
 */
export type SelectorAnswer<Name extends string = string> =
  | Member<Name>
  | Name
  | "auto"
  | "manual"
  | "random"
  | "round_robin"
  | readonly (Member<Name> | Name)[]
  | null
  | undefined;

interface SpeakerFunctionShape<Name extends string> {
  call(lastSpeaker: Agent, groupChat: Group<Name>): SelectorAnswer<Name> | Promise<SelectorAnswer<Name>>;
}

/** Chooses the next speaker. Written as a method so that groups with known names are groups. */
export type SpeakerFunction<Name extends string = string> = SpeakerFunctionShape<Name>["call"];

/** How a model is asked for the next speaker, and how its answers are read. */
export interface SelectionOptions {
  /** `structured`: the model can only answer with one of the names, where its endpoint can do that. @default "text" */
  readonly output?: "text" | "structured";
  /** Whether `Coder` and `coder` are different names. @default true */
  readonly caseSensitive?: boolean;
}

/** Whoever runs the group: what a selection may use of it. */
export interface SelectingManager {
  readonly name: string;
  readonly systemMessage: string | readonly ContentPart[];
  readonly client: ModelCaller | null;
  readonly llmConfig: WrapperConfig | false;
}

/** What a method found. */
export interface Choice {
  readonly agent: Agent;
  /** Requests to a model, or questions to a human. */
  readonly attempts: number;
  /** Tokens of those requests, prompts and answers together. */
  readonly tokens: number;
}

/** Who was chosen, and how. */
export interface Selection extends Choice {
  /** The method that chose; `function` for a selector that named the agent, `only-one` when there was no choice. */
  readonly method: string;
  /** From whom it chose. */
  readonly candidates: readonly Agent[];
}

/** A group chat as others see it; `GroupChat` is one. */
export interface Group<Name extends string = string> {
  readonly agents: readonly Member<Name>[];
  readonly agentNames: readonly Name[];
  /** The transcript. */
  readonly messages: Message[];
  readonly transitions: SpeakerTransitions<Member<Name>>;
  readonly maxRound: number;
  readonly adminName: string;
  readonly funcCallFilter: boolean;
  readonly speakerSelectionMethod: SpeakerMethod | SpeakerFunction<Name>;
  readonly maxRetriesForSelectingSpeaker: number;
  readonly enableClearHistory: boolean;
  readonly selectSpeakerAutoMultipleTemplate: string;
  readonly selectSpeakerAutoNoneTemplate: string;
  readonly selectSpeakerAutoVerbose: boolean;
  readonly roleForSelectSpeakerMessages: string;
  readonly select: SelectionOptions;
  readonly answerForms: AnswerForms;
  readonly handoffs: Handoffs;
  readonly contextVariables: ContextVariables;
  readonly multimodal: boolean | readonly Member<Name>[];
  append(message: MessageDraft, speaker: Agent): Message;
  reset(): void;
  nextAgent(agent: Agent, subset?: readonly Agent[]): Member<Name>;
  selectSpeakerMsg(agents?: readonly Agent[]): string;
  selectSpeakerPrompt(agents?: readonly Agent[]): string | null;
  introductionsMsg(agents?: readonly Agent[]): string;
  mayRepeat(agent: Agent): boolean | null;
  readsParts(agent: Agent): boolean;
  selectionClient(manager: SelectingManager): ModelCaller | null;
  transformedForSelection(messages: readonly Message[], run: Run): Promise<readonly Message[]>;
  selection(lastSpeaker: Agent, manager: SelectingManager, run: Run): Promise<Selection>;
}
