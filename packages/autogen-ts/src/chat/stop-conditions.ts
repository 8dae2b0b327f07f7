/**
 * When a chat ends, beyond what its agents decide. Predicates look at one message and serve as `isTerminationMsg` of
 * an agent too; conditions look at the whole chat. `anyOf` and `allOf` combine both.
 */
import { contentText, functionCallOf, toolCallsOf, type Message, type ToolCall } from "../message/index.js";
import { AutogenError, type StopReason, type UsageTotals } from "../run/index.js";

/** Says whether this message is the last one. */
export type MessagePredicate = (message: Message) => boolean | Promise<boolean>;

/** Where a chat stands after a message was delivered. */
export interface ChatProgress {
  /** As the recipient stores it. */
  readonly message: Message;
  readonly from: string;
  readonly to: string;
  /** Messages of this chat so far, this one included. */
  readonly messages: number;
  /** What the chat has used of models so far, nested chats included. */
  readonly usage: UsageTotals;
  /** Milliseconds since the chat began. */
  elapsedMs(): Promise<number>;
}

/** Why a chat ends: for programs, and in words. */
export interface StopVerdict {
  readonly reason: StopReason;
  readonly detail: string;
}

/** Asked after each message; null lets the chat go on. */
export interface StopCondition {
  check(progress: ChatProgress): StopVerdict | null | Promise<StopVerdict | null>;
}

/** The text of the message ends with `text`; white space around it does not count. */
export function endsWith(text: string): MessagePredicate {
  const end = text.trim();
  return ({ content }) => typeof content !== "function" && contentText(content).trim().endsWith(end);
}

/** The text of the message contains `text`. */
export function contains(text: string): MessagePredicate {
  return ({ content }) => typeof content !== "function" && contentText(content).includes(text);
}

/** The message calls this tool (or function); without a name: any. */
export function toolCalled(name?: string): MessagePredicate {
  return (message) => {
    const call = functionCallOf(message);
    // Written by a model: any part may be missing.
    const calls = toolCallsOf(message).map(({ function: called }: Partial<ToolCall>) => called);
    return [...calls, ...(call === undefined ? [] : [call])].some((one) => name === undefined || one?.name === name);
  };
}

/** The chat has `limit` messages, the first one included. */
export function maxMessages(limit: number): StopCondition {
  checkLimit("maxMessages", limit);
  return { check: ({ messages }) => verdict(messages >= limit, "max-messages", `the chat has ${String(messages)} messages`) };
}

/** Models have used `limit` tokens, prompts and answers together. */
export function tokenLimit(limit: number): StopCondition {
  checkLimit("tokenLimit", limit);
  return {
    check: ({ usage: { totalTokens } }) => verdict(totalTokens >= limit, "budget", `${String(totalTokens)} tokens were used`),
  };
}

/** Models have cost `limit` US dollars, as far as their prices are known. */
export function costLimit(limit: number): StopCondition {
  checkLimit("costLimit", limit);
  return {
    check: ({ usage: { knownCost } }) =>
      verdict(knownCost >= limit, "budget", `models have cost ${knownCost.toFixed(6)} US dollars`),
  };
}

/** The chat has lasted `limitMs` milliseconds; looked at after each message, so a slow answer is waited for. */
export function timeLimit(limitMs: number): StopCondition {
  checkLimit("timeLimit", limitMs);
  return {
    async check(progress) {
      const elapsed = await progress.elapsedMs();
      return verdict(elapsed >= limitMs, "budget", `the chat has lasted ${String(elapsed)} ms`);
    },
  };
}

/** A condition that is met from the moment in which `stop` is called, for a button or a signal of the outside. */
export interface ExternalStop extends StopCondition {
  /** The chat ends after the message under way; nothing is interrupted. */
  stop(detail?: string): void;
}

/** To interrupt what is under way, abort the chat's `signal` instead. */
export function externalStop(): ExternalStop {
  let asked: string | null = null;
  return {
    stop(detail = "it was asked to stop") {
      asked = detail;
    },
    check: () => verdict(asked !== null, "external-stop", asked ?? ""),
  };
}

/** Met as soon as one of these is. */
export function anyOf(...conditions: readonly (StopCondition | MessagePredicate)[]): StopCondition {
  return {
    async check(progress) {
      for (const condition of conditions) {
        const found = await checkCondition(condition, progress);
        if (found !== null) return found;
      }
      return null;
    },
  };
}

/** Met when all of these are met by the same message; the reason is that of the last one. */
export function allOf(...conditions: readonly (StopCondition | MessagePredicate)[]): StopCondition {
  return {
    async check(progress) {
      let found: StopVerdict | null = null;
      const details: string[] = [];
      for (const condition of conditions) {
        found = await checkCondition(condition, progress);
        if (found === null) return null;
        details.push(found.detail);
      }
      return found === null ? null : { ...found, detail: details.join(", and ") };
    },
  };
}

/** Asks a condition or a predicate. */
export async function checkCondition(
  condition: StopCondition | MessagePredicate,
  progress: ChatProgress,
): Promise<StopVerdict | null> {
  if (typeof condition !== "function") return await condition.check(progress);
  return verdict(await condition(progress.message), "termination-message", "a message meets the stop condition");
}

const verdict = (met: boolean, reason: StopReason, detail: string): StopVerdict | null => (met ? { reason, detail } : null);

function checkLimit(name: string, limit: number): void {
  if (typeof limit === "number" && limit > 0) return;
  throw new AutogenError("invalid-option", `\`${name}\` is ${String(limit)}. Pass a number above 0.`);
}
