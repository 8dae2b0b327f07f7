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

/** Watches one chat. */
export class ChatWatch {
  readonly #run: Run;
  readonly #stopWhen: StopCondition | MessagePredicate | undefined;
  readonly #loops: LoopDetector | null;
  #messages = 0;
  #calls = 0;
  #start: Promise<number> | undefined;

  constructor({ stopWhen, loopDetection = true }: WatchOptions, run: Run) {
    this.#run = run;
    this.#stopWhen = stopWhen;
    this.#loops = loopDetection === false ? null : new LoopDetector(loopDetection === true ? {} : loopDetection);
  }

  /** Called when a message was delivered; a verdict ends the chat. Without a stop condition nothing is awaited. */
  after(from: string, to: string, message: Message): StopVerdict | null | Promise<StopVerdict | null> {
    this.#messages += 1;
    const loop = this.#loops === null ? null : this.#checkLoop(this.#loops, from, message);
    if (loop !== null || this.#stopWhen === undefined) return loop;
    this.#start ??= this.#now();
    this.#start.catch(() => undefined); // told to whoever asks for the time; a chat may be aborted before anybody does
    return checkCondition(this.#stopWhen, {
      message,
      from,
      to,
      messages: this.#messages,
      usage: this.#run.usage.totals,
      elapsedMs: async () => (await this.#now()) - (await (this.#start ?? this.#now())),
    });
  }

  #checkLoop(loops: LoopDetector, from: string, message: Message): StopVerdict | null {
    const { calls } = this.#run.usage.totals;
    const madeByModel = calls > this.#calls;
    this.#calls = calls;
    const finding = madeByModel ? loops.add(from, message) : null;
    if (finding === null) return null;
    if ("stop" in finding) return finding.stop;
    this.#run.warn("loop-suspected", finding.warning);
    return null;
  }

  async #now(): Promise<number> {
    return await this.#run.perform("clock", "chat", null, () => Promise.resolve(this.#run.host.now()));
  }
}
