/** One run of a group: the loop that hands messages round and asks who speaks next. Specification chapter 12, section 8. */
import type { Message, MessageDraft } from "../message/index.js";
import { AutogenError, isAutogenError, type Run, type StopReason } from "../run/index.js";
import { acceptThroughDoor, exchange, isLoopAgent, type Agent, type ChatAgent, type TurnOutcome } from "../chat/index.js";
import { broadcast } from "./broadcast.js";
import { obeyClearCommand } from "./clear-command.js";
import type { Group, SelectingManager, Selection } from "./contract.js";
import { Interruptible } from "./interruption.js";
import type { PausedRun } from "./paused-run.js";
import { TurnControl } from "./turn-control.js";

/** What a run needs of the manager that it belongs to. */
export interface GroupLeader extends ChatAgent, SelectingManager {
  readonly chatMessages: Map<Agent, Message[]>;
  isTermination(message: Message, options: { readonly sender: Agent; readonly run: Run }): Promise<boolean>;
}

export interface GroupRunOptions {
  readonly leader: GroupLeader;
  readonly group: Group;
  /** Who started the run: its message is the first of the transcript. */
  readonly initiator: Agent;
  /** Nothing of the group is printed. */
  readonly silent: boolean;
  /** Whether the participants are to be presented to each other first. */
  readonly introduce: boolean;
  /** Where an earlier run stopped that this one goes on with. */
  readonly earlier?: PausedRun | undefined;
}

/** Why a run of a group ended. `delivered`: the group has answered, though not by a reply of the manager. */
export type GroupEnd = Omit<TurnOutcome, "reply">;

/** One run of a group. */
export class GroupRun {
  /** Who said what is being handed round. */
  lastSpeaker: Agent;
  /** Messages of participants, that of the initiator excepted. */
  spoken: number;
  /** Where this run stopped, when it did not come to its end. */
  paused: PausedRun | null = null;
  readonly #options: GroupRunOptions;
  readonly #steps: Interruptible;
  readonly #turns: TurnControl;
  /** Messages and what belongs to them; interruptions do not reach it, so histories stay complete. */
  readonly #run: Run;

  constructor(options: GroupRunOptions, run: Run) {
    const { leader, group, silent, initiator, earlier } = options;
    const cache = run.context.cache === undefined ? leader.clientCache : null;
    this.#options = options;
    this.#turns = new TurnControl(group, leader, initiator, earlier?.handoffs);
    this.spoken = earlier?.spoken ?? 0;
    const shared = { variables: group.contextVariables, offered: this.#turns };
    this.#run = run.child("group", { silent, context: cache === null ? shared : { ...shared, cache } });
    this.#steps = new Interruptible(this.#run);
    this.lastSpeaker = initiator;
  }

  /** Stops what is under way; the admin takes over. @returns false when that was asked for already */
  interrupt(message: string | MessageDraft | null): boolean {
    return this.#steps.interrupt(message);
  }

  /**
   * @param opening the message of the initiator, which it and the manager have stored already; null: that was handed round in
   *   the earlier run, whose speaker has its turn
   */
  async talk(opening: Message | null): Promise<GroupEnd> {
    const { leader, group, introduce, earlier } = this.#options;
    for (const { text } of group.transitions.warnings) this.#run.warn("transitions", text);
    if (introduce) {
      await broadcast({ manager: leader, group, message: group.introductionsMsg(), to: group.agents }, this.#quiet);
    }
    let message = opening;
    const first = earlier === undefined ? 0 : earlier.round + (opening === null ? 0 : 1);
    for (let round = first; round < group.maxRound; round += 1) {
      const end = message === null ? null : await this.#hear(message, message !== opening);
      if (end !== null) return end;
      if (round >= group.maxRound - 1) break;
      const next = await this.#nextMessage(message === null ? earlier : undefined);
      if (!("role" in next)) {
        if (this.paused !== null) this.paused = { ...this.paused, round };
        return next;
      }
      message = next;
    }
    return { stopReason: "max-round", delivered: true };
  }

  /** The end, when this message is it. */
  async #hear(message: Message, isWatched: boolean): Promise<GroupEnd | null> {
    const stored = await this.#record(message);
    const verdict = isWatched ? await this.#verdict(stored) : null;
    if (verdict !== null) return verdict;
    const isLast = await this.#options.leader.isTermination(stored, { sender: this.lastSpeaker, run: this.#run });
    return isLast ? { stopReason: "termination-message", delivered: true } : null;
  }

  /** Into the transcript, and to everybody but its speaker. */
  async #record(message: Message): Promise<Message> {
    const { leader, group } = this.#options;
    const stored = group.append(message, this.lastSpeaker);
    if (stored !== message) restate(leader.chatMessages.get(this.lastSpeaker), stored);
    const to = group.agents.filter((agent) => agent !== this.lastSpeaker);
    await broadcast({ manager: leader, group, message: stored, to }, this.#quiet);
    return stored;
  }

  async #nextMessage(earlier: PausedRun | undefined): Promise<Message | GroupEnd> {
    const { leader, group } = this.#options;
    const { speaker, outcome } = await this.#nextTurn(earlier);
    if (outcome.reply === null) {
      if (outcome.stopReason === "approval-pending") {
        this.paused = { speaker: speaker.name, round: 0, spoken: this.spoken, handoffs: this.#turns.export() };
      }
      return endBy(outcome);
    }
    const reply = group.enableClearHistory ? obeyClearCommand(outcome.reply, group, leader, this.#run) : outcome.reply;
    const message = await this.#deliver(reply, speaker);
    this.lastSpeaker = speaker;
    this.spoken += 1;
    return message;
  }

  /** Chooses a speaker and lets it speak; on an interruption, the admin speaks instead. */
  async #nextTurn(earlier: PausedRun | undefined): Promise<Turn> {
    for (;;) {
      try {
        const waiting = this.#options.group.agents.find(({ name }) => name === earlier?.speaker);
        const selected = waiting === undefined ? await this.#select() : { agent: waiting };
        if ("reason" in selected) return this.#over(selected.reason, selected.why);
        return { speaker: selected.agent, outcome: await this.#turnOf(selected.agent) };
      } catch (error) {
        const interruption = isAutogenError(error, "aborted") ? this.#steps.takeInterruption() : null;
        if (interruption === null) throw error;
        const taken = await this.#takeOver(interruption.message);
        if (taken !== null) return taken;
      }
    }
  }

  async #select(): Promise<{ readonly agent: Agent } | { readonly reason: StopReason; readonly why: string }> {
    const message = this.#options.group.messages.at(-1);
    const directed =
      message === undefined ? null : await this.#steps.step(async () => await this.#turns.next(this.lastSpeaker, message));
    if (directed !== null && "end" in directed) return { reason: "terminated", why: directed.end };
    const chosen = directed === null ? await this.#choose() : { ...byHandoff, ...directed, candidates: [directed.agent] };
    if ("reason" in chosen) return chosen;
    const { agent, method, candidates, attempts, tokens } = chosen;
    this.#announce(agent, { method, candidates: candidates.map(({ name }) => name), attempts, tokens }, this.#run.silent);
    return { agent };
  }

  /** Only what the choice itself throws ends the run quietly: others may lead groups of their own in their turns. */
  async #choose(): Promise<Selection | { readonly reason: StopReason; readonly why: string }> {
    const { leader, group } = this.#options;
    try {
      return await this.#steps.step(async (run) => await group.selection(this.lastSpeaker, leader, run));
    } catch (error) {
      if (!isAutogenError(error, "no-eligible-speaker")) throw error;
      this.#run.warn("no-eligible-speaker", `The group of \`${leader.name}\` ends: ${error.message}`);
      return { reason: "no-eligible-speaker", why: error.message };
    }
  }

  #announce(agent: Agent, how: Announcement, silent: boolean): void {
    this.#run.emit({ type: "speaker.selected", group: this.#options.leader.name, agent: agent.name, ...how }, { silent });
  }

  async #turnOf(speaker: Agent): Promise<TurnOutcome> {
    const { leader } = this.#options;
    return await this.#steps.step(async (run) => {
      if (isLoopAgent(speaker)) return await speaker.takeTurn(leader, run);
      if (!canReply(speaker)) return { reply: null };
      const reply = await speaker.generateReply({ messages: leader.historyWith(speaker), sender: leader, run });
      return { reply: reply ?? null };
    });
  }

  /** Null: it was interrupted once more. */
  async #takeOver(message: string | MessageDraft | null): Promise<Turn | null> {
    const { group, leader } = this.#options;
    const admin = group.agents.find(({ name }) => name === group.adminName);
    if (admin === undefined) {
      throw new AutogenError(
        "aborted",
        `The group of \`${leader.name}\` was interrupted, and no participant is called \`${group.adminName}\` to take over. Name one by \`adminName\`.`,
      );
    }
    // Not printed, as in the reference.
    this.#announce(admin, { method: "interrupt", candidates: [admin.name], attempts: 0, tokens: 0 }, true);
    if (message !== null) return { speaker: admin, outcome: { reply: message } };
    try {
      return { speaker: admin, outcome: await this.#turnOf(admin) };
    } catch (error) {
      if (!this.#steps.interrupted) throw error;
      const again = this.#steps.takeInterruption();
      return await this.#takeOver(again?.message ?? null);
    }
  }

  #over(stopReason: StopReason, stopDetail: string): Turn {
    const delivered = stopReason !== "terminated"; // an end that was asked for is that of the whole chat
    return { speaker: this.lastSpeaker, outcome: { reply: null, stopReason, stopDetail, delivered } };
  }

  async #deliver(reply: string | MessageDraft, speaker: Agent): Promise<Message> {
    const { leader } = this.#options;
    if (isLoopAgent(speaker)) await exchange({ from: speaker, to: leader, draft: reply, requestReply: false }, this.#run);
    else acceptThroughDoor(leader, speaker, reply, this.#run);
    const message = leader.historyWith(speaker).at(-1);
    if (message !== undefined) return message;
    throw new AutogenError("invalid-state", `\`${speaker.name}\` spoke, but its message did not arrive at \`${leader.name}\`.`);
  }

  /** The conditions of the chat that this run belongs to hold for each message of the group; the first is checked there. */
  async #verdict(message: Message): Promise<GroupEnd | null> {
    const verdict = await this.#run.context.watch?.after(this.lastSpeaker.name, this.#options.leader.name, message);
    return verdict == null ? null : { stopReason: verdict.reason, stopDetail: verdict.detail, endsChat: true };
  }

  /** Copies of messages are printed nowhere. */
  get #quiet(): Run {
    return this.#run.silent ? this.#run : (this.#silent ??= this.#run.child("copies", { silent: true }));
  }
  #silent: Run | undefined;
}

interface Turn {
  readonly speaker: Agent;
  readonly outcome: TurnOutcome;
}

const byHandoff = { method: "handoff", attempts: 0, tokens: 0 } as const;

interface Announcement {
  readonly method: string;
  readonly candidates: readonly string[];
  readonly attempts: number;
  readonly tokens: number;
}

/** The manager keeps a message as the transcript has it. */
function restate(history: Message[] | undefined, stored: Message): void {
  if (history !== undefined && history.length > 0) history[history.length - 1] = stored;
}

/** A call that waits for approval is answered before anybody, in this group or around it, says anything else. */
function endBy({ reply: _reply, ...end }: TurnOutcome): GroupEnd {
  const endsChat = end.endsChat === true || end.stopReason === "approval-pending";
  return endsChat ? { ...end, delivered: false, endsChat } : { stopReason: "no-reply", delivered: true, ...end };
}

interface Replying {
  generateReply(options: {
    readonly messages: readonly Message[];
    readonly sender: Agent;
    readonly run: Run;
  }): Promise<string | MessageDraft | null | undefined>;
}

const canReply = (agent: Agent): agent is Agent & Replying =>
  "generateReply" in agent && typeof agent.generateReply === "function";
