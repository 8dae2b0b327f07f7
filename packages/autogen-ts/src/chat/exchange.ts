/**
 * The one loop: two agents answer each other until one of them has nothing to say.
 * Specification chapter 10, sections 4 and 6. A loop, not a recursion: the stack stays flat (D10-5).
 */
import { normalise, type Message, type MessageDraft } from "../message/index.js";
import { AutogenError, isAutogenError, tell, type Run, type StopReason } from "../run/index.js";
import { isLoopAgent, type Agent, type LoopAgent, type TurnOutcome } from "./agent.js";
import type { ChatWatch } from "./watch.js";

export interface Opening {
  readonly from: LoopAgent;
  readonly to: Agent;
  /** null: the last message stands in both histories already, and `to` answers it. */
  readonly draft: string | MessageDraft | null;
  /** For the first message only: true asks for an answer, false forbids one. @default what `to` does by itself */
  readonly requestReply?: boolean | null | undefined;
  /** A turn is a message of `first` and its answer. @default no limit */
  readonly maxTurns?: number | null | undefined;
  /** Whose messages begin turns. @default from */
  readonly first?: LoopAgent;
  /** Turns taken so far; counted on here. */
  readonly progress?: Progress;
  /** Looks at every message, and may end the exchange. */
  readonly watch?: ChatWatch | undefined;
}

/** How far an exchange is. */
export interface Progress {
  turns: number;
}

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly reason: StopReason;
  readonly detail: string | null;
  /** It has not come to its end: a budget is used up. */
  readonly brokenOff?: boolean;
}

/** Sends the first message, or answers the last one, and drives both sides until the end. */
export async function exchange(
  { from: sender, to: second, draft: opening, requestReply, maxTurns, first = sender, progress = { turns: 0 }, watch }: Opening,
  run: Run,
): Promise<ExchangeEnd> {
  const limit = maxTurns ?? null;
  if (limit !== null && progress.turns >= limit) return ended("max-turns");
  let from = sender;
  let to = second;
  let draft = opening;
  for (let request = limit === null ? requestReply : true; ; request = limit === null ? undefined : true) {
    run.throwIfAborted();
    if (draft !== null) {
      if (!isLoopAgent(to) || !to.driven || !from.driven) {
        return await exchangeByDoors({ from, to, draft, requestReply: request, maxTurns: limit, progress }, run);
      }
      const message = await deliver(from, to, draft, run);
      const verdict = watch?.after(from.name, to.name, message) ?? null;
      const stop = verdict instanceof Promise ? await verdict : verdict;
      if (stop !== null) return stop;
      if (!(request ?? to.repliesTo(from))) return ended("no-reply");
      if (from !== first && to === first) progress.turns += 1;
      if (limit !== null && progress.turns >= limit) return ended("max-turns");
    }
    if (!isLoopAgent(to)) return ended("no-reply");
    const {
      reply,
      stopReason = "no-reply",
      stopDetail = null,
      delivered,
      brokenOff = false,
    } = await turnWithinBudget(to, from, run);
    if (reply !== null) {
      [from, to, draft] = [to, from, reply];
      continue;
    }
    if (delivered !== true || limit === null) return { reason: stopReason, detail: stopDetail, brokenOff };
    // A group has talked: whoever started it has heard its answer, and speaks again.
    progress.turns += 1;
    if (progress.turns >= limit) return { reason: "max-turns", detail: `the last run of the group ended by ${stopReason}` };
    const next = await turnWithinBudget(from, to, run);
    if (next.reply === null) {
      const { stopReason: reason = "no-reply", stopDetail: detail = null, brokenOff: isBroken = false } = next;
      return { reason, detail, brokenOff: isBroken };
    }
    draft = next.reply;
  }
}

/** A budget that is used up ends a chat like any other reason: what was said stands, and the chat can go on later. */
async function turnWithinBudget(
  agent: LoopAgent,
  sender: Agent,
  run: Run,
): Promise<TurnOutcome & Pick<ExchangeEnd, "brokenOff">> {
  try {
    return await agent.takeTurn(sender, run);
  } catch (error) {
    if (!isAutogenError(error, "budget-exhausted")) throw error;
    return { reply: null, stopReason: "budget", stopDetail: error.message, brokenOff: true };
  }
}

const ended = (reason: StopReason): ExchangeEnd => ({ reason, detail: null });

/** Hooks, both histories, one event. An invalid message is stored nowhere. */
async function deliver(from: LoopAgent, to: LoopAgent, draft: string | MessageDraft, run: Run): Promise<Message> {
  const silent = from.silent ?? run.silent;
  const outgoing = await from.prepareMessage({ draft, recipient: to, silent });
  run.throwIfAborted(); // hooks may take their time
  const { sent, received } = storable(outgoing, from);
  from.store(sent, to);
  to.store(received, from);
  announce(from, to, received, run, silent);
  return received;
}

/** The sender's half, for a peer that is only reachable through its `receive`. */
export async function sendThroughDoor(
  from: LoopAgent,
  to: Agent,
  draft: string | MessageDraft,
  requestReply: boolean | null | undefined,
  run: Run,
): Promise<void> {
  const outgoing = await from.prepareMessage({ draft, recipient: to, silent: from.silent ?? run.silent });
  run.throwIfAborted();
  from.store(storable(outgoing, from).sent, to);
  await to.receive(outgoing, from, requestReply, run.silent, { run });
}

/** The recipient's half, for a message that comes in through `receive`. */
export function acceptThroughDoor(to: LoopAgent, from: Agent, draft: string | MessageDraft, run: Run): void {
  run.throwIfAborted();
  const { received } = storable(draft, from);
  to.store(received, from);
  announce(from, to, received, run, from.silent ?? run.silent);
}

function announce(from: Agent, to: LoopAgent, message: Message, run: Run, silent: boolean): void {
  const text = message.context === undefined ? {} : { text: to.filledText(message) };
  // First to observers: what a logger writes is there before anybody hears of it.
  tell((observer) => observer.messageReceived?.({ agent: to, sender: from, message, path: run.path }));
  run.emit({ type: "message.received", from: from.name, to: to.name, message, ...text }, { silent });
}

/** The same chat by public methods: a peer that is no loop agent, or that overrides `send` or `receive`, decides itself when it answers. */
async function exchangeByDoors({ from, to, draft, requestReply, maxTurns, progress }: Doors, run: Run): Promise<ExchangeEnd> {
  const limit = maxTurns ?? null;
  for (let next = draft; ;) {
    await from.send(next, to, requestReply, run.silent, { run });
    progress.turns += 1;
    if (limit === null) return ended("no-reply");
    if (progress.turns >= limit) return ended("max-turns");
    const { reply, stopReason = "no-reply" } = await from.takeTurn(to, run);
    if (reply === null) return ended(stopReason);
    next = reply;
  }
}

interface Doors extends Opening {
  readonly draft: string | MessageDraft;
  readonly progress: Progress;
}

function storable(draft: string | MessageDraft, from: Agent): Exclude<ReturnType<typeof normalise>, string> {
  const stored = normalise(draft, from.name);
  if (typeof stored !== "string") return stored;
  throw new AutogenError(
    "invalid-message",
    `The message of agent \`${from.name}\` cannot be converted into a valid chat message: ${stored}. Provide content, or a function or tool call.`,
  );
}
