/** Looks at a chat after each message: stop conditions of the user, and loops. */
import type { Message } from "../message/index.js";
import type { Run } from "../run/index.js";
import { LoopDetector, type LoopLimits } from "./loop-detection.js";
import { checkCondition, type MessagePredicate, type StopCondition, type StopVerdict } from "./stop-conditions.js";

/** What may end a chat besides its agents. */
export interface WatchOptions {
  /** Asked after each message. @default none */
  readonly stopWhen?: StopCondition | MessagePredicate;
  /** Limits, or false to let a chat go round for ever. @default on */
  readonly loopDetection?: LoopLimits | boolean;
}

declare module "../run/run.js" {
  interface RunContext {
    /** Looks at each message of the chat, those of groups included. */
    readonly watch: ChatWatch;
  }
}

/** Watches one chat. */
export class ChatWatch {
  #run: Run | undefined;
  readonly #stopWhen: StopCondition | MessagePredicate | undefined;
  readonly #loops: LoopDetector | null;
  #messages = 0;
  #calls = 0;
  #start: Promise<number> | undefined;

  constructor({ stopWhen, loopDetection = true }: WatchOptions) {
    this.#stopWhen = stopWhen;
    this.#loops = loopDetection === false ? null : new LoopDetector(loopDetection === true ? {} : loopDetection);
  }

  /** Watches the chat of this run; called once, before its first message. */
  follow(run: Run): void {
    this.#run = run;
  }

  /** Called when a message was delivered; a verdict ends the chat. Without a stop condition nothing is awaited. */
  after(from: string, to: string, message: Message): StopVerdict | null | Promise<StopVerdict | null> {
    const run = this.#run;
    if (run === undefined) return null;
    this.#messages += 1;
    const loop = this.#loops === null ? null : this.#checkLoop(this.#loops, { from, message, run });
    if (loop !== null || this.#stopWhen === undefined) return loop;
    this.#start ??= now(run);
    this.#start.catch(() => undefined); // told to whoever asks for the time; a chat may be aborted before anybody does
    return checkCondition(this.#stopWhen, {
      message,
      from,
      to,
      messages: this.#messages,
      usage: run.usage.totals,
      elapsedMs: async () => (await now(run)) - (await (this.#start ?? now(run))),
    });
  }

  #checkLoop(loops: LoopDetector, { from, message, run }: Said): StopVerdict | null {
    const { calls } = run.usage.totals;
    const madeByModel = calls > this.#calls;
    this.#calls = calls;
    const finding = madeByModel ? loops.add(from, message) : null;
    if (finding === null) return null;
    if ("stop" in finding) return finding.stop;
    run.warn("loop-suspected", finding.warning);
    return null;
  }
}

interface Said {
  readonly from: string;
  readonly message: Message;
  readonly run: Run;
}

async function now(run: Run): Promise<number> {
  return await run.perform("clock", "chat", null, () => Promise.resolve(run.host.now()));
}
