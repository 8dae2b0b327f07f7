/** The ordered list of reply functions. Specification chapter 10, section 9. */
import type { Message, Reply } from "../message/index.js";
import { AutogenError, type Run, type StopReason } from "../run/index.js";
import type { Agent, TurnOutcome } from "../chat/index.js";
import type { ReplyingAgent } from "./contract.js";

/** What a reply function is told besides the classic arguments. */
export interface Turn {
  readonly run: Run;
}

/**
 * `[true, reply]` ends the search for a reply (null = say nothing), `[false, …]` lets the next function try.
 * A third element may say why nothing is said.
 */
export type ReplyResult = readonly [final: boolean, reply: Reply | undefined, stop?: StopReason | Omit<TurnOutcome, "reply">];

/** What a reply function gave, if it can be that. @throws AutogenError `invalid-reply` */
export function checkedResult(result: unknown, replyFunction: ReplyFunction, agent: string): ReplyResult {
  if (Array.isArray(result) && typeof result[0] === "boolean" && isReply(result[1])) return result as unknown as ReplyResult;
  throw new AutogenError(
    "invalid-reply",
    `The reply function \`${replyFunction.name || "(anonymous)"}\` of agent \`${agent}\` gave ${describe(result)}. It has to give \`[final, reply]\`: a boolean, and a text, a message or null.`,
  );
}

const isReply = (value: unknown): boolean =>
  value == null || typeof value === "string" || (typeof value === "object" && !Array.isArray(value) && !("then" in value));

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.map(kindOf).join(", ")}`;
  return value === null ? "null" : `a value of type ${typeof value}`;
}

function kindOf(item: unknown): string {
  if (item === null) return "null";
  return typeof item === "object" && "then" in item ? "a promise (await it)" : typeof item;
}

interface ReplyFunctionShape {
  call(
    recipient: ReplyingAgent,
    messages: readonly Message[],
    sender: Agent | null,
    config: unknown,
    turn: Turn,
  ): ReplyResult | Promise<ReplyResult>;
}

/** Written as a method so that a function may declare its recipient as the class of agent that it is registered on. */
export type ReplyFunction = ReplyFunctionShape["call"];

/** A class of agents, as a trigger. */
export type AgentClass = abstract new (...args: never[]) => Agent;
/** Says whether a sender is meant; null stands for none. */
export type TriggerPredicate = (sender: Agent | null) => boolean;
type SingleTrigger = AgentClass | TriggerPredicate | Agent | string;
/** A class, an agent's name, an agent, a predicate, or a list of them in which null means "no sender". */
export type Trigger = SingleTrigger | readonly (SingleTrigger | null)[];

/** A place in the list: an index, or beside a function that stands in it (D10-12). */
export type ReplyPosition = number | { readonly before: ReplyFunction } | { readonly after: ReplyFunction };

/** Where and how a reply function is registered. */
export interface ReplyOptions {
  /** 0 is tried first; 1 comes after the built-in termination check. @default 0 */
  readonly position?: ReplyPosition;
  /** Handed to the function on each call. */
  readonly config?: unknown;
  /** Called by `reset`; without it the config becomes a fresh shallow copy of the original. */
  readonly resetConfig?: (config: unknown) => void;
  /** @default false */
  readonly removeOtherReplyFuncs?: boolean;
  /** Accepted for the sake of old programs: there is only one, asynchronous path. */
  readonly ignoreAsyncInSyncChat?: boolean;
}

export interface ReplyEntry {
  readonly trigger: Trigger;
  readonly replyFunction: ReplyFunction;
  readonly config: unknown;
  readonly initialConfig: unknown;
  readonly resetConfig: ((config: unknown) => void) | undefined;
}

/** Matches every sender, and none. */
export const anySender: TriggerPredicate = () => true;

export const builtIn = (replyFunction: ReplyFunction): ReplyEntry => ({
  trigger: anySender,
  replyFunction,
  config: undefined,
  initialConfig: undefined,
  resetConfig: undefined,
});

/** The list with one more function. @throws AutogenError `invalid-option` for a bad trigger or place */
export function withReply(
  list: readonly ReplyEntry[],
  trigger: Trigger,
  replyFunction: ReplyFunction,
  { position = 0, config, resetConfig, removeOtherReplyFuncs = false }: ReplyOptions,
): readonly ReplyEntry[] {
  checkTrigger(trigger);
  if (typeof replyFunction !== "function") {
    throw new AutogenError("invalid-option", `A reply function is expected, not a ${typeof replyFunction}.`);
  }
  const entry: ReplyEntry = { trigger, replyFunction, config, initialConfig: shallowCopy(config), resetConfig };
  const others = removeOtherReplyFuncs ? [] : list;
  const index = indexOf(others, position);
  return [...others.slice(0, index), entry, ...others.slice(index)];
}

/** The list with `next` in the place of `old`; trigger and config stay. */
export function replacingReply(list: readonly ReplyEntry[], old: ReplyFunction, next: ReplyFunction): readonly ReplyEntry[] {
  return list.map((entry) => (entry.replyFunction === old ? { ...entry, replyFunction: next } : entry));
}

/** The list with configs as they were at registration. */
export function resetReplies(list: readonly ReplyEntry[]): readonly ReplyEntry[] {
  return list.map((entry) => {
    if (entry.resetConfig === undefined) return { ...entry, config: shallowCopy(entry.initialConfig) };
    entry.resetConfig(entry.config);
    return entry;
  });
}

/** @throws AutogenError `sender-required` for a name without a sender, `invalid-option` for a predicate that gives no boolean */
export function matches(trigger: Trigger, sender: Agent | null): boolean {
  if (trigger === anySender) return true;
  if (isList(trigger)) return trigger.some((one) => (one === null ? sender === null : matches(one, sender)));
  if (typeof trigger === "string") {
    if (sender === null)
      throw new AutogenError(
        "sender-required",
        `The trigger \`${trigger}\` is the name of a sender, but there is no sender. Pass one, or use a predicate.`,
      );
    return sender.name === trigger;
  }
  if (typeof trigger !== "function") return trigger === sender;
  if (isAgentClass(trigger)) return sender instanceof trigger;
  const answer: unknown = trigger(sender);
  if (typeof answer === "boolean") return answer;
  throw new AutogenError(
    "invalid-option",
    `The trigger \`${trigger.name || "(anonymous)"}\` gave ${String(answer)}. It has to give true or false.`,
  );
}

/** `readonly` lists are not narrowed by `Array.isArray` alone. */
const isList = (trigger: Trigger): trigger is readonly (SingleTrigger | null)[] => Array.isArray(trigger);

/** Classes of agents have the door `receive`; predicates do not. */
function isAgentClass(value: AgentClass | TriggerPredicate): value is AgentClass {
  const prototype: unknown = value.prototype;
  return typeof prototype === "object" && prototype !== null && "receive" in prototype;
}

function checkTrigger(trigger: unknown, inList = false): void {
  if (Array.isArray(trigger) && !inList) {
    for (const one of trigger) checkTrigger(one, true);
    return;
  }
  if (typeof trigger === "string" || typeof trigger === "function" || (trigger === null && inList)) return;
  if (typeof trigger === "object" && trigger !== null && "receive" in trigger) return;
  throw new AutogenError(
    "invalid-option",
    `${trigger === null ? "null" : `A ${typeof trigger}`} is no trigger. Pass a class of agents, an agent, its name, a predicate, or a list of them (null in a list means: no sender).`,
  );
}

function indexOf(list: readonly ReplyEntry[], position: ReplyPosition): number {
  if (typeof position === "number") return position;
  const anchor = "before" in position ? position.before : position.after;
  const index = list.findIndex((entry) => entry.replyFunction === anchor);
  if (index === -1) {
    throw new AutogenError(
      "invalid-option",
      `The reply function \`${anchor.name || "(anonymous)"}\` named by \`position\` is not in the list.`,
    );
  }
  return "before" in position ? index : index + 1;
}

function shallowCopy(config: unknown): unknown {
  if (Array.isArray(config)) return [...(config as unknown[])];
  const plain = typeof config === "object" && config !== null && Object.getPrototypeOf(config) === Object.prototype;
  return plain ? { ...config } : config;
}
