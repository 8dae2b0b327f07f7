/** The chat that a run belongs to: where it stands, when it ends, and which chats it held inside. */
import type { Message } from "../message/index.js";
import type { Run } from "../run/index.js";
import type { Agent } from "./agent.js";
import type { ChatResult } from "./result.js";

/** Where a message was said. */
export interface ChatPlace {
  /** Path of the chat's run: `run/chat-0` for the outermost, longer for those inside. */
  readonly path: string;
  /** Who started the chat. */
  readonly from: string;
  readonly to: string;
}

/** What a termination predicate is told besides the message. */
export interface TerminationContext {
  /** Whose message it is; null when that is not known. */
  readonly sender: Agent | null;
  /** null outside of chats, as after a single `send`. */
  readonly chat: ChatPlace | null;
}

interface TerminationShape {
  call(message: Message, context: TerminationContext): boolean | Promise<boolean>;
}

/** Says whether a message ends a chat. Written as a method so that a function may leave the context out, or require it. */
export type TerminationPredicate = TerminationShape["call"];

declare module "../run/run.js" {
  interface RunContext {
    /** The innermost chat. */
    readonly chat: ActiveChat;
  }
}

/** A chat that is under way. */
export class ActiveChat implements ChatPlace {
  readonly from: string;
  readonly to: string;
  /** For this chat only; null leaves it to each agent. */
  readonly isTerminationMsg: TerminationPredicate | null;
  path = "";
  #nested: (ChatResult | null)[] | undefined;
  #open: Set<() => void> | undefined;

  constructor(from: Agent, to: Agent, isTerminationMsg: TerminationPredicate | null) {
    this.from = from.name;
    this.to = to.name;
    this.isTerminationMsg = isTerminationMsg;
  }

  /** Called once, when the run of the chat is there. */
  follow(run: Run): void {
    this.path = run.path;
  }

  /** The chats held inside of this one, in order of their start; those that failed included. */
  get nested(): readonly ChatResult[] {
    return this.#nested === undefined ? [] : this.#nested.filter((result) => result !== null);
  }

  /**
   * Keeps the place of a chat that starts inside; the returned function puts in what it came to.
   *
   * @param breakOff ends that chat at once, see `breakOff`
   */
  add(breakOff: () => void): (result: ChatResult) => void {
    const results = (this.#nested ??= []);
    const open = (this.#open ??= new Set());
    const place = results.push(null) - 1;
    open.add(breakOff);
    return (result) => {
      open.delete(breakOff);
      results[place] = result;
    };
  }

  /** Several chats inside of this one end with it. @returns to be called when they have ended by themselves */
  addSeveral(breakOff: () => void): () => void {
    const open = (this.#open ??= new Set());
    open.add(breakOff);
    return () => void open.delete(breakOff);
  }

  /**
   * After an abort, nobody waits for what does not notice it: the chats inside end now, and not after this one. What began
   * last ends first, since it may be a part of what began before.
   */
  breakOff(): void {
    for (const end of [...(this.#open ?? [])].toReversed()) end();
  }
}
