/** An agent that answers by letting a whole group talk, and then giving one answer. Specification chapter 13, section 4. */
import { wireMessages, type Message, type Reply } from "../message/index.js";
import { AutogenError, isAutogenError, type Run } from "../run/index.js";
import type { Agent, ChatResult } from "../chat/index.js";
import {
  askModel,
  ConversableAgent,
  unfinishedReply,
  type AgentOptions,
  type AnswerPlace,
  type ReplyResult,
  type Turn,
} from "../agent/index.js";
import { broadcast } from "./broadcast.js";
import { SOCIETY_OF_MIND_PREAMBLE, SOCIETY_OF_MIND_PROMPT } from "./default-texts.js";
import { GroupChatManager } from "./manager.js";

interface PreparerShape {
  call(agent: SocietyOfMindAgent, messages: readonly Message[], turn: Turn): string | Promise<string>;
}

/** Makes the answer from the transcript of the group. */
export type ResponsePreparer = PreparerShape["call"];

/** Options of a society of mind. */
export interface SocietyOfMindOptions<Name extends string = string> extends AgentOptions<Name> {
  /** Leads the group that thinks; null: the agent answers like any other, until `updateChatManager`. */
  readonly chatManager: GroupChatManager | null;
  /**
   * A function, or a prompt for the agent's model, which is shown the transcript.
   *
   * @default with a model, a prompt that asks for an answer of its own; without, the last message of the group
   */
  readonly responsePreparer?: ResponsePreparer | string | null;
  /** What to say when the group fails; an abort or a budget that is used up is no failure. @default the error ends the chat (D13-9) */
  readonly onError?: (error: unknown) => Reply | Promise<Reply>;
}

/** Answers by an inner group chat: outside, only the prepared answer is seen. */
export class SocietyOfMindAgent<Name extends string = string> extends ConversableAgent<Name> {
  #chatManager: GroupChatManager | null;
  readonly #options: SocietyOfMindOptions<Name>;
  #thinking = false;

  /** @throws AutogenError `invalid-option` for a manager that is none, or a prompt without a model */
  constructor(options: SocietyOfMindOptions<Name>) {
    const { chatManager, responsePreparer = null, onError, ...others } = options;
    super({ ...others, systemMessage: others.systemMessage ?? "" });
    this.#chatManager = checkedManager(others.name, chatManager);
    this.#options = options;
    checkPreparer(this, responsePreparer);
    if (onError !== undefined && typeof onError !== "function") {
      throw new AutogenError("invalid-option", `\`onError\` of agent \`${this.name}\` is a ${typeof onError}. Pass a function.`);
    }
    this.replaceReplyFunc(askModel, runInnerMonologue);
  }

  /** Leads the group that thinks. */
  get chatManager(): GroupChatManager | null {
    return this.#chatManager;
  }

  updateChatManager(chatManager: GroupChatManager | null): void {
    this.#chatManager = checkedManager(this.name, chatManager);
  }

  /**
   * Lets the group talk about the last of `messages`; the others are its background.
   *
   * @throws AutogenError `chat-overlap` when it is talking already; whatever the group fails with, unless there is `onError`
   */
  async think(messages: readonly Message[], sender: Agent | null, turn: Turn): Promise<ReplyResult> {
    const manager = this.#chatManager;
    const message = messages.at(-1);
    if (manager === null || message === undefined) return [false, null];
    if (this.#thinking) {
      throw new AutogenError(
        "chat-overlap",
        `\`${this.name}\` is thinking about another message. Wait for its answer, or use \`clone()\` for a second chat.`,
      );
    }
    this.#thinking = true;
    try {
      const place = { sender: sender?.name ?? null, turn: messages.length, by: `the group of ${manager.name}` };
      const talk = await this.#talk({ manager, message, background: messages.slice(0, -1), sender }, place, turn.run);
      this.paused.settle(place, [], [talk]);
      const unfinished = unfinishedReply([talk], `the group of \`${this.name}\``);
      if (unfinished !== null) return unfinished;
      return [true, await this.#prepare(manager.groupChat.messages, turn)];
    } catch (error) {
      const { onError } = this.#options;
      if (onError === undefined || ENDS_OF_THE_RUN.some((code) => isAutogenError(error, code))) throw error;
      return [true, await onError(error)];
    } finally {
      this.#thinking = false;
    }
  }

  async #talk({ manager, message, background, sender }: Thought, place: AnswerPlace, outer: Run): Promise<ChatResult> {
    const { groupChat: group } = manager;
    const run = outer.child("monologue", { silent: false });
    const [begun] = this.paused.find(place)?.results ?? [];
    if (begun !== undefined) return await this.initiateChat(manager, { resume: begun, run });
    manager.reset();
    for (const agent of group.agents) if (resettable(agent)) agent.reset();
    const quiet = run.child("background", { silent: true });
    for (const earlier of background) {
      const named = withName(earlier, earlier.role === "assistant" ? this.name : (sender?.name ?? this.name));
      await broadcast({ manager, group, message: named, to: group.agents }, quiet);
    }
    return await this.initiateChat(manager, { message, clearHistory: false, run });
  }

  async #prepare(transcript: readonly Message[], turn: Turn): Promise<string> {
    const { responsePreparer } = this.#options;
    if (typeof responsePreparer === "function") return await responsePreparer(this, transcript, turn);
    if (this.client !== null) return await this.#askFor(responsePreparer ?? SOCIETY_OF_MIND_PROMPT, transcript, turn.run);
    const { content } = transcript.at(-1) ?? {};
    return typeof content === "string" ? content.replaceAll("TERMINATE", "").trim() : "";
  }

  /** One request of its own; the agent's system message and tools have no part in it. */
  async #askFor(prompt: string, transcript: readonly Message[], run: Run): Promise<string> {
    const { client } = this;
    if (client === null) return "";
    const messages = [
      { role: "system", content: SOCIETY_OF_MIND_PREAMBLE },
      ...wireMessages(transcript.map(asUser)),
      { role: "system", content: prompt },
    ];
    const { cache = this.clientCache } = run.context;
    const response = await client.create({ messages, cache, agent: this.name, run });
    const [answer = ""] = client.extractTextOrCompletionObject(response);
    return typeof answer === "string" ? answer : JSON.stringify(answer ?? "");
  }

  /** With a group of its own, of the same participants. */
  override clone(name: string = this.name): this {
    const chatManager = this.#chatManager?.clone() ?? null;
    // Made by this class, also for subclasses: what their constructors take is not known.
    return this.copyInto(new SocietyOfMindAgent({ ...this.#options, chatMessages: null, name, chatManager }) as unknown as this);
  }
}

/** The reply function of societies of mind, in the place of the model. */
export async function runInnerMonologue(
  recipient: SocietyOfMindAgent,
  messages: readonly Message[],
  sender: Agent | null,
  _config: unknown,
  turn: Turn,
): Promise<ReplyResult> {
  return await recipient.think(messages, sender, turn);
}

/** No failures of the group: nothing may be asked or said after them. */
const ENDS_OF_THE_RUN = ["aborted", "budget-exhausted"] as const;

interface Thought {
  readonly manager: GroupChatManager;
  readonly message: Message;
  readonly background: readonly Message[];
  readonly sender: Agent | null;
}

const withName = (message: Message, name: string): Message => (message.name === undefined ? { ...message, name } : message);

/** As something that was said: no calls, no responses. A call of a function without words becomes its text. */
function asUser(message: Message): Message {
  const { content, name } = message;
  const call = "function_call" in message ? message.function_call : undefined;
  const text = content === null || content === "" ? (call === undefined ? "" : `${call.name}(${call.arguments})`) : content;
  return { role: "user", content: text, ...(name === undefined ? {} : { name }) };
}

const resettable = (agent: Agent): agent is Agent & { reset(): void } => "reset" in agent && typeof agent.reset === "function";

function checkedManager(name: string, manager: GroupChatManager | null | undefined): GroupChatManager | null {
  if (manager === null || manager === undefined || manager instanceof GroupChatManager) return manager ?? null;
  throw new AutogenError(
    "invalid-option",
    `The \`chatManager\` of agent \`${name}\` is none. Pass \`new GroupChatManager({ groupChat })\`.`,
  );
}

function checkPreparer({ name, client }: ConversableAgent, preparer: unknown): void {
  if (preparer === null || typeof preparer === "function") return;
  if (typeof preparer !== "string") {
    throw new AutogenError(
      "invalid-option",
      `\`responsePreparer\` of agent \`${name}\` is a ${typeof preparer}. Pass a function, or a prompt.`,
    );
  }
  if (client === null) {
    throw new AutogenError(
      "invalid-option",
      `\`responsePreparer\` of agent \`${name}\` is a prompt, but the agent has no model. Pass \`llmConfig\`, or a function.`,
    );
  }
}
