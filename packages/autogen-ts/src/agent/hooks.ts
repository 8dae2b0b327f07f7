/** The three points where users change messages on their way. Specification chapter 10, sections 10.1–10.4. */
import type { Content, Message, MessageDraft } from "../message/index.js";
import { AutogenError, type Run } from "../run/index.js";
import type { Agent, Outgoing } from "../chat/index.js";
import type { ReplyingAgent } from "./contract.js";

/** Changes the content that is answered; the stored message stays as it is (D10-13). */
export type LastReceivedHook = (content: Content) => Content | Promise<Content>;
/** For whom a hook works. Both are missing where there is none: in selections of group chats, for example. */
export interface HookContext {
  readonly agent?: ReplyingAgent;
  readonly run?: Run;
}
/** Changes the list that reply functions see; the history stays as it is. */
export type AllMessagesHook = (messages: Message[], context: HookContext) => readonly Message[] | Promise<readonly Message[]>;
/** Changes a message before it is stored and sent. */
export type BeforeSendHook = (outgoing: {
  readonly sender: ReplyingAgent;
  readonly message: string | MessageDraft;
  readonly recipient: Agent;
  readonly silent: boolean;
}) => string | MessageDraft | Promise<string | MessageDraft>;

/** The hook points and what they take. */
export interface HookTable {
  readonly processLastReceivedMessage: LastReceivedHook;
  readonly processAllMessagesBeforeReply: AllMessagesHook;
  readonly processMessageBeforeSend: BeforeSendHook;
}
/** The names of the hook points. */
export type HookPoint = keyof HookTable;

const POINTS: readonly HookPoint[] = ["processLastReceivedMessage", "processAllMessagesBeforeReply", "processMessageBeforeSend"];

/** The hooks of one agent, each point in order of registration. */
export class Hooks {
  #lastReceived: readonly LastReceivedHook[] = [];
  #allMessages: readonly AllMessagesHook[] = [];
  #beforeSend: readonly BeforeSendHook[] = [];

  /** @throws AutogenError `invalid-option` for an unknown point, or the same function twice at one point */
  register<P extends HookPoint>(point: P, hook: HookTable[P]): void {
    if (typeof hook !== "function") throw new AutogenError("invalid-option", `A hook is a function, not a ${typeof hook}.`);
    switch (point) {
      case "processLastReceivedMessage":
        this.#lastReceived = added(point, this.#lastReceived, hook as LastReceivedHook);
        return;
      case "processAllMessagesBeforeReply":
        this.#allMessages = added(point, this.#allMessages, hook as AllMessagesHook);
        return;
      case "processMessageBeforeSend":
        this.#beforeSend = added(point, this.#beforeSend, hook as BeforeSendHook);
        return;
      default:
        throw new AutogenError(
          "invalid-option",
          `There is no hook point \`${String(point)}\`. The points are ${POINTS.map((name) => `\`${name}\``).join(", ")}.`,
        );
    }
  }

  clone(): Hooks {
    const copy = new Hooks();
    copy.#lastReceived = this.#lastReceived;
    copy.#allMessages = this.#allMessages;
    copy.#beforeSend = this.#beforeSend;
    return copy;
  }

  /** The messages as this reply is to see them; the list itself when no hook changes it. */
  async beforeReply(messages: readonly Message[], context: HookContext = {}): Promise<readonly Message[]> {
    const latest = this.#lastReceived.length === 0 ? messages : await this.#withLastChanged(messages);
    let changed = latest;
    for (const hook of this.#allMessages) changed = await hook([...changed], context);
    return changed;
  }

  async beforeSend(sender: ReplyingAgent, { draft, recipient, silent }: Outgoing): Promise<string | MessageDraft> {
    let message = draft;
    for (const hook of this.#beforeSend) message = await hook({ sender, message, recipient, silent });
    return message;
  }

  async #withLastChanged(messages: readonly Message[]): Promise<readonly Message[]> {
    const last = messages.at(-1);
    if (last === undefined || "function_call" in last || "context" in last) return messages;
    const { content } = last;
    if (content === null || typeof content === "function" || content === "exit") return messages;
    let changed: Content = content;
    for (const hook of this.#lastReceived) changed = await hook(changed);
    return changed === content ? messages : [...messages.slice(0, -1), { ...last, content: changed }];
  }
}

function added<H>(point: string, hooks: readonly H[], hook: H): readonly H[] {
  if (hooks.includes(hook)) throw new AutogenError("invalid-option", `This hook is registered at \`${point}\` already.`);
  return [...hooks, hook];
}
