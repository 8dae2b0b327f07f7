/** The agent that runs a group chat as its reply to whoever starts it. Specification chapter 12, section 7. */
import type { Message, MessageDraft } from "../message/index.js";
import { AutogenError } from "../run/index.js";
import { openRun, type Agent, type PrepareOptions } from "../chat/index.js";
import { ConversableAgent, type AgentOptions, type ReplyResult, type Turn } from "../agent/index.js";
import { GROUP_CHAT_MANAGER_SYSTEM_MESSAGE } from "./default-texts.js";
import { chatOverlap, type GroupChat } from "./group-chat.js";
import { groupStateOf, managerState, type ManagerState } from "./manager-state.js";
import { groupOf, isMember } from "./members.js";
import { messagesFromString } from "./messages-from-string.js";
import type { PausedTalk } from "./paused-run.js";
import type { Resumed, ResumeOptions } from "./resume.js";
import type { GroupRun } from "./run.js";

/** Options of a manager. `humanInputMode` and `defaultAutoReply` never act: a manager has no words of its own. */
export interface GroupChatManagerOptions<Name extends string = string> extends Omit<AgentOptions, "name" | "silent"> {
  readonly groupChat: GroupChat;
  /** @default "chat_manager" */
  readonly name?: Name;
  /** Speakers and what they say are not printed; the message that starts the chat is. @default false */
  readonly silent?: boolean | null;
}

/** Leads a group: start a chat with it, and the group talks. */
export class GroupChatManager<Name extends string = string> extends ConversableAgent<Name> {
  readonly groupChat: GroupChat;
  readonly #silent: boolean;
  readonly #options: GroupChatManagerOptions<Name>;
  #current: GroupRun | null = null;
  #running = false;
  #isInChat = false;
  #paused: PausedTalk | null = null;
  #introduced = false;
  #runs: typeof import("./run.js") | undefined;

  /** @throws AutogenError `invalid-option` for a model with tools: a manager does not call any */
  constructor(options: GroupChatManagerOptions<Name>) {
    // The default is not of the type Name when users name the type themselves; nobody does.
    const { groupChat, name = "chat_manager" as Name, silent, ...others } = options ?? {};
    // Structural, so that two copies of the package work together.
    if (typeof groupChat?.selection !== "function") {
      throw new AutogenError("invalid-option", `Manager \`${name}\` needs a \`groupChat\`. Pass \`new GroupChat({ agents })\`.`);
    }
    checkNoTools(name, others.llmConfig);
    super({
      ...others,
      name,
      maxConsecutiveAutoReply: others.maxConsecutiveAutoReply ?? Number.MAX_SAFE_INTEGER,
      humanInputMode: others.humanInputMode ?? "NEVER",
      systemMessage: others.systemMessage ?? GROUP_CHAT_MANAGER_SYSTEM_MESSAGE,
    });
    this.groupChat = groupChat;
    this.#silent = silent ?? false;
    this.#options = options;
    this.registerReply((sender) => sender !== null, runGroupChat);
  }

  /** Who said what the participants answer now; null before the first run. */
  get lastSpeaker(): Agent | null {
    return this.#current?.lastSpeaker ?? null;
  }

  /** The transcript. */
  override chatMessagesForSummary(_peer: Agent): readonly Message[] {
    return this.groupChat.messages;
  }

  /** What an initiator from outside of the group is shown: it heard nothing itself (D12-10). */
  transcriptFor(peer: Agent): readonly Message[] | null {
    const { messages } = this.groupChat;
    return messages.length === 0 || isMember(this.groupChat, peer) ? null : messages;
  }

  /** As new, the transcript and the shared values included; participants are left as they are. */
  override reset(): void {
    super.reset();
    this.#resetGroup();
  }

  #resetGroup(): void {
    this.groupChat.reset();
    this.groupChat.contextVariables.reset();
    this.#introduced = false;
    this.#paused = null;
  }

  /** Whether a run of the group with `peer` waits for an approval. */
  override isPausedFor(peer: Agent): boolean {
    return this.#paused?.from === peer.name || super.isPausedFor(peer);
  }

  /** The whole group is in the chat: a second one would clear what this one has said. */
  override occupy(peer: Agent): () => void {
    const release = super.occupy(peer);
    try {
      const releaseGroup = this.groupChat.occupy(this.name);
      this.#isInChat = true;
      return () => {
        this.#isInChat = false;
        releaseGroup();
        release();
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  override prepareChat(peer: Agent, options: PrepareOptions): void {
    super.prepareChat(peer, options);
    if (options.clearHistory) this.#resetGroup();
    for (const agent of this.groupChat.agents) {
      if (agent === peer) continue;
      if (preparable(agent)) agent.prepareChat(this, options);
      if (options.clearHistory) this.clearHistory(agent); // D12-7
    }
  }

  /**
   * Stops the selection or reply under way. The participant called `adminName` speaks next: it says `message`, or is
   * asked. Without such a participant the chat rejects with `aborted`.
   *
   * @returns whether there was something to interrupt
   */
  interrupt(message: string | MessageDraft | null = null): boolean {
    return this.#running && this.#current !== null && this.#current.interrupt(message);
  }

  /** Runs the group on the last of `messages`. @throws AutogenError `chat-overlap` when it is running already */
  async runChat(messages: readonly Message[], sender: Agent, { run }: Turn): Promise<ReplyResult> {
    const { GroupRun } = (this.#runs ??= await import("./run.js"));
    const opening = messages.at(-1);
    if (opening === undefined) return [true, null, { stopReason: "no-reply" }];
    if (this.#running) throw chatOverlap(this.name);
    const release = this.#isInChat ? () => undefined : this.groupChat.occupy(this.name);
    this.#running = true;
    const introduce = this.groupChat.sendIntroductions && !this.#introduced && this.groupChat.maxRound > 0;
    const { earlier, isNew } = this.#begun(sender);
    const current = new GroupRun(
      { leader: this, group: this.groupChat, initiator: sender, silent: this.#silent, introduce, earlier },
      run,
    );
    this.#current = current;
    this.#introduced ||= introduce;
    this.#paused = null;
    const before = this.groupChat.messages.length;
    try {
      const end = await current.talk(isNew ? opening : null);
      this.#paused = current.paused && { ...current.paused, from: sender.name, heard: this.historyWith(sender).length };
      // Who takes no part has heard nothing, and would answer itself (D10-7).
      const heard = isMember(this.groupChat, sender) ? end : { ...end, delivered: false };
      return [true, groupOf(sender) === null || end.endsChat === true ? null : this.#answer(current), heard];
    } catch (error) {
      if (this.groupChat.messages.length === before) this.#paused = earlier ?? null; // Nothing was said: the turn can be taken again.
      throw error;
    } finally {
      this.#running = false;
      release();
    }
  }

  /** The run that waits: its speaker has spoken now, or is to; any other message begins a run of its own. */
  #begun(sender: Agent): { readonly earlier?: PausedTalk; readonly isNew: boolean } {
    const paused = this.#paused;
    if (paused === null) return { isNew: true };
    if (paused.from === sender.name && paused.heard === this.historyWith(sender).length) return { earlier: paused, isNew: false };
    return paused.speaker === sender.name ? { earlier: paused, isNew: true } : { isNew: true };
  }

  /** The transcript as JSON text. */
  messagesToString(messages: readonly Message[] = this.groupChat.messages): string {
    return JSON.stringify(messages);
  }

  /** Reads what `messagesToString` wrote. @throws AutogenError `invalid-option` for what is no JSON */
  messagesFromString(text: string): unknown {
    return messagesFromString(text);
  }

  /**
   * Makes all histories as they were when `messages` had been said, except for the last one, with which the chat goes
   * on: `lastAgent.initiateChat(manager, { message: lastMessage, clearHistory: false })`.
   *
   * @param messages a list, or JSON text of one
   * @throws AutogenError `invalid-option` for something else, no messages, or speakers that take no part
   */
  async resume(messages: string | readonly MessageDraft[], options: ResumeOptions = {}): Promise<Resumed> {
    const run = options.run ?? (await openRun({ silent: options.silent ?? false }, "resume"));
    const { resumeGroup } = await import("./resume.js");
    const resumed = await resumeGroup({ leader: this, group: this.groupChat, messages, options }, run);
    this.#introduced = true;
    return resumed;
  }

  /** Memory, transcript and context variables as plain JSON. Participants save their own: save all at the same moment. */
  override saveState(): ManagerState {
    return managerState(super.saveState(), this.groupChat, { introduced: this.#introduced, paused: this.#paused });
  }

  /**
   * Continues where `saveState` left off. Load the participants' states too, with the manager as their peer; then start or
   * resume a chat with `clearHistory: false`.
   *
   * @param options `peers`: those it talked with who take no part in the group
   */
  override loadState(saved: unknown, { peers = [] }: { readonly peers?: readonly Agent[] } = {}): void {
    const { messages, variables, introduced, paused = null } = groupStateOf(this.name, saved);
    super.loadState(saved, { peers: [...this.groupChat.agents, ...peers] });
    this.groupChat.reset();
    for (const message of messages) this.groupChat.messages.push(message);
    this.groupChat.contextVariables.replace(variables);
    this.#introduced = introduced;
    this.#paused = paused;
  }

  /** A manager with the same participants and settings, and an empty transcript: for a second chat at the same time. */
  override clone(name: string = this.name): this {
    return this.copyInto(new GroupChatManager({ ...this.#options, name, groupChat: this.groupChat.clone() }) as this);
  }

  /** D12-14: a group that this one takes part in is told what it came to; null when nobody spoke. */
  #answer({ spoken }: GroupRun): MessageDraft | null {
    const content = this.groupChat.messages.at(-1)?.content;
    return spoken === 0 || content == null ? null : { content };
  }
}

/** The reply function of managers; always final. */
export async function runGroupChat(
  recipient: GroupChatManager,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  turn: Turn,
): Promise<ReplyResult> {
  return sender === null ? [false, null] : await recipient.runChat(messages, sender, turn);
}

function checkNoTools(name: string, llmConfig: AgentOptions["llmConfig"]): void {
  if (typeof llmConfig !== "object" || llmConfig === null) return;
  if (llmConfig["tools"] == null && llmConfig["functions"] == null) return;
  throw new AutogenError(
    "invalid-option",
    `Manager \`${name}\` was given a model with \`tools\` or \`functions\`. It calls none: give them to participants.`,
  );
}

interface Preparable {
  prepareChat(peer: Agent, options: PrepareOptions): void;
}

const preparable = (agent: Agent): agent is Agent & Preparable => "prepareChat" in agent;
