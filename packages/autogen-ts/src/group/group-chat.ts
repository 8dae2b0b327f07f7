/** A group chat as data and policy: who takes part, what was said, how the next speaker is chosen. Specification chapter 12. */
import { contentText, readMessage, type Message, type MessageDraft } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import { openRun, type Agent, type ModelCaller } from "../chat/index.js";
import {
  GROUP_CHAT_INTRO,
  SELECT_SPEAKER_MESSAGE,
  SELECT_SPEAKER_MULTIPLE,
  SELECT_SPEAKER_NONE,
  SELECT_SPEAKER_PROMPT,
} from "./default-texts.js";
import type { Group, Member, SelectingManager, Selection, SelectionOptions, SpeakerFunction, SpeakerMethod } from "./contract.js";
import { ContextVariables } from "../agent/index.js";
import { Handoffs } from "./handoffs.js";
import { agentByName, isMember, nestedAgents, type FindOptions } from "./members.js";
import { checkGroupOptions, type GroupChatOptions } from "./options.js";
import { filledTemplate, roleList } from "./roles.js";
import { SelectionModel } from "./selection-model.js";
import { AnswerForms } from "./speakers/answer-form.js";
import { SpeakerTransitions, type TransitionOptions } from "./transitions.js";

/**
 * What a `GroupChatManager` runs. Settings may be changed between rounds: the manager reads them when it needs them
 * (D12-1). Participants and transitions are fixed.
 */
export class GroupChat<Name extends string = string> implements Group<Name> {
  readonly agents: readonly Member<Name>[];
  /** The transcript. */
  readonly messages: Message[];
  /** Who may follow whom. */
  readonly transitions: SpeakerTransitions<Member<Name>>;
  /** How the turn is passed on beside the method of selection. */
  readonly handoffs: Handoffs;
  /** Values that all participants share; those of the options again when a chat starts with a cleared history. */
  readonly contextVariables: ContextVariables;
  readonly allowRepeatSpeaker: boolean | readonly Member<Name>[] | null;
  maxRound: number;
  adminName: string;
  funcCallFilter: boolean;
  speakerSelectionMethod: SpeakerMethod | SpeakerFunction<Name>;
  maxRetriesForSelectingSpeaker: number;
  enableClearHistory: boolean;
  sendIntroductions: boolean;
  selectSpeakerMessageTemplate: string;
  selectSpeakerPromptTemplate: string | null;
  selectSpeakerAutoMultipleTemplate: string;
  selectSpeakerAutoNoneTemplate: string;
  selectSpeakerAutoVerbose: boolean;
  roleForSelectSpeakerMessages: string;
  select: SelectionOptions;
  multimodal: boolean | readonly Member<Name>[];
  /** What the endpoint that chooses speakers takes. */
  readonly answerForms: AnswerForms = new AnswerForms();
  readonly #model: SelectionModel;
  readonly #options: GroupChatOptions<Name>;
  #selecting: typeof import("./select-speaker.js") | undefined;
  #leader: string | null = null;

  /** @throws AutogenError `invalid-option`, `agent-name-conflict` */
  constructor(options: GroupChatOptions<Name>) {
    checkGroupOptions(options);
    const { agents, messages = [], allowRepeatSpeaker = null } = options;
    this.#options = options;
    this.agents = [...agents];
    // Agents of a Map are compared with the participants there.
    this.transitions = new SpeakerTransitions(this.agents, options as TransitionOptions<Member<Name>>);
    this.handoffs = new Handoffs(this.agents, options);
    this.contextVariables = new ContextVariables(options.contextVariables);
    this.allowRepeatSpeaker = allowRepeatSpeaker ?? (this.transitions.given ? null : true);
    this.messages = messages.map((message) => readOrThrow(message));
    this.maxRound = options.maxRound ?? 10;
    this.adminName = options.adminName ?? "Admin";
    this.funcCallFilter = options.funcCallFilter ?? true;
    this.speakerSelectionMethod = options.speakerSelectionMethod ?? "auto";
    this.maxRetriesForSelectingSpeaker = options.maxRetriesForSelectingSpeaker ?? 2;
    this.enableClearHistory = options.enableClearHistory ?? false;
    this.sendIntroductions = options.sendIntroductions ?? false;
    this.selectSpeakerMessageTemplate = options.selectSpeakerMessageTemplate ?? SELECT_SPEAKER_MESSAGE;
    const { selectSpeakerPromptTemplate: prompt = SELECT_SPEAKER_PROMPT } = options;
    this.selectSpeakerPromptTemplate = prompt === "" ? null : prompt;
    this.selectSpeakerAutoMultipleTemplate = options.selectSpeakerAutoMultipleTemplate ?? SELECT_SPEAKER_MULTIPLE;
    this.selectSpeakerAutoNoneTemplate = options.selectSpeakerAutoNoneTemplate ?? SELECT_SPEAKER_NONE;
    this.selectSpeakerAutoVerbose = options.selectSpeakerAutoVerbose ?? false;
    this.roleForSelectSpeakerMessages = options.roleForSelectSpeakerMessages ?? "system";
    this.select = options.select ?? {};
    this.multimodal = options.multimodal ?? false;
    this.#model = new SelectionModel(options);
  }

  /** In order. */
  get agentNames(): readonly Name[] {
    return this.agents.map(({ name }) => name);
  }

  /** Who may speak after each agent. */
  get allowedSpeakerTransitions(): ReadonlyMap<Member<Name>, readonly Member<Name>[]> {
    return this.transitions.allowed;
  }

  /** Empties the transcript. */
  reset(): void {
    this.messages.length = 0;
  }

  /**
   * Adds a message to the transcript: with the name of its speaker (role `function` excepted), and its content as text
   * unless the group is multimodal. The message that is passed in is not changed (D12-2).
   *
   * @returns the message as it stands in the transcript
   */
  append(message: MessageDraft, speaker: Agent): Message {
    const stored = this.#inGroupForm(readOrThrow(message), speaker);
    this.messages.push(stored);
    return stored;
  }

  /** @see FindOptions */
  agentByName(name: string, options?: FindOptions): Agent | null {
    return agentByName(this, name, options);
  }

  /** Participants, then those of managers that take part, managers included. */
  nestedAgents(): readonly Agent[] {
    return nestedAgents(this);
  }

  /**
   * The first agent after `agent` in order, wrapping, that is in `subset`.
   *
   * @throws AutogenError `undefined-next-agent` when there is none, or `subset` has agents from outside of the group
   */
  nextAgent(agent: Agent, subset: readonly Agent[] = this.agents): Member<Name> {
    const strangers = subset.filter((one) => !isMember(this, one));
    const start = this.agents.findIndex((one) => one === agent) + 1;
    if (strangers.length === 0) {
      for (let offset = 0; offset < this.agents.length; offset += 1) {
        const next = this.agents[(start + offset) % this.agents.length];
        if (next !== undefined && subset.includes(next)) return next;
      }
    }
    const why =
      strangers.length > 0
        ? `${strangers.map(({ name }) => `\`${name}\``).join(", ")} takes no part in the group`
        : "nobody is left";
    throw new AutogenError("undefined-next-agent", `There is no next agent after \`${agent.name}\`: ${why}.`);
  }

  /** System message of a selection among `agents`. */
  selectSpeakerMsg(agents: readonly Agent[] = this.agents): string {
    return filledTemplate(this.selectSpeakerMessageTemplate, agents);
  }

  /** What stands below the conversation in a selection; null: nothing. */
  selectSpeakerPrompt(agents: readonly Agent[] = this.agents): string | null {
    return this.selectSpeakerPromptTemplate === null ? null : filledTemplate(this.selectSpeakerPromptTemplate, agents);
  }

  /** Presents the team to its members. */
  introductionsMsg(agents: readonly Agent[] = this.agents): string {
    return `${GROUP_CHAT_INTRO}\n\n${roleList(agents)}`;
  }

  /** The speaker after `lastSpeaker`. @throws AutogenError `no-eligible-speaker` and others, see `speakerSelectionMethod` */
  async selectSpeaker(lastSpeaker: Agent, manager: SelectingManager, { run }: { readonly run?: Run } = {}): Promise<Agent> {
    return (await this.selection(lastSpeaker, manager, run ?? (await openRun({}, "select")))).agent;
  }

  /** The same with how it was chosen. */
  async selection(lastSpeaker: Agent, manager: SelectingManager, run: Run): Promise<Selection> {
    this.#selecting ??= await import("./select-speaker.js");
    return await this.#selecting.selectSpeaker({ group: this, last: lastSpeaker, manager, run });
  }

  /** Lets a human choose among `agents`. */
  async manualSelectSpeaker(manager: SelectingManager, agents: readonly Agent[] = this.agents): Promise<Agent> {
    const { selectByHuman } = await import("./speakers/index.js");
    return (await selectByHuman(await this.#choosing(manager, agents))).agent;
  }

  /** Chooses one of `agents` at random. */
  async randomSelectSpeaker(manager: SelectingManager, agents: readonly Agent[] = this.agents): Promise<Agent> {
    const { selectAtRandom } = await import("./speakers/index.js");
    return (await selectAtRandom(await this.#choosing(manager, agents))).agent;
  }

  /** Whether this agent may speak twice in a row; null when transitions say it. */
  mayRepeat(agent: Agent): boolean | null {
    const { allowRepeatSpeaker: repeat } = this;
    return typeof repeat === "boolean" || repeat === null ? repeat : repeat.some((one) => one === agent);
  }

  /** Whether this agent gets images and other parts as they are. */
  readsParts(agent: Agent): boolean {
    return typeof this.multimodal === "boolean" ? this.multimodal : this.multimodal.some((one) => one === agent);
  }

  /** What asks for the next speaker; null when neither the group nor its manager has a model. */
  selectionClient(manager: SelectingManager): ModelCaller | null {
    return this.#model.clientFor(manager);
  }

  /** The messages of a selection as its transforms leave them. */
  async transformedForSelection(messages: readonly Message[], run: Run): Promise<readonly Message[]> {
    return await this.#model.transformed(messages, run);
  }

  /**
   * For the manager that leads it in a chat.
   *
   * @returns what ends that
   * @throws AutogenError `chat-overlap` when it is in a chat already
   */
  occupy(leader: string): () => void {
    if (this.#leader !== null) throw chatOverlap(leader, this.#leader);
    this.#leader = leader;
    return () => (this.#leader = null);
  }

  /** A group with the same participants and settings, and an empty transcript. */
  clone(): GroupChat<Name> {
    return new GroupChat({ ...this.#options, messages: [] });
  }

  async #choosing(manager: SelectingManager, eligible: readonly Agent[]) {
    const last = this.agents[0] ?? this.nextAgent(noAgent);
    return { group: this, last, eligible, manager, transcript: this.messages, run: await openRun({}, "select") };
  }

  #inGroupForm(message: Message, speaker: Agent): Message {
    const name = message.role === "function" ? message.name : speaker.name;
    const { content } = message;
    const kept = typeof content === "string" || (this.multimodal !== false && Array.isArray(content));
    if (kept && message.name === name) return message;
    const text = typeof content === "function" ? content(message.context ?? {}) : contentText(content);
    return Object.freeze({ ...message, content: kept ? content : text, ...(name === undefined ? {} : { name }) });
  }
}

export const chatOverlap = (leader: string, other: string = leader): AutogenError =>
  new AutogenError(
    "chat-overlap",
    `The group of \`${leader}\` is talking already${other === leader ? "" : `, led by \`${other}\``}. Wait for its end, or use \`clone()\` for a second chat.`,
  );

/** For the error of a group without agents. */
const noAgent: Agent = { name: "(nobody)", receive: () => undefined };

function readOrThrow(draft: MessageDraft): Message {
  const message = readMessage(draft);
  if (typeof message !== "string") return message;
  throw new AutogenError("invalid-message", `A message given to a group chat is no message: ${message}.`);
}
