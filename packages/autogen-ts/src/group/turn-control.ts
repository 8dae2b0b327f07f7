/** Whose turn is next in one run by handoffs, before any method of selection is asked. */
import type { Message } from "../message/index.js";
import type { ToolEntry } from "../tool/index.js";
import type { Agent } from "../chat/index.js";
import type { OfferedTools, ToolFunction } from "../agent/index.js";
import type { Group } from "./contract.js";

/** An agent, the end of the run, or nothing: the method of the group decides. */
export type Directed = { readonly agent: Agent } | { readonly end: string } | null;

/** Handoffs of a run that was broken off, by names. */
export interface HandoffState {
  /** Who made the calls that are under way. */
  readonly caller: string;
  /** Agents, and who passed the turn to them. */
  readonly passedBy: readonly (readonly [agent: string, by: string])[];
}

export class TurnControl implements OfferedTools {
  readonly leader: Agent;
  readonly #group: Group;
  /** Who passed the turn to an agent. */
  readonly #from = new Map<Agent, Agent>();
  /** What a tool asked for. */
  #asked: { readonly by: Agent; readonly to: string } | null = null;
  #speaker: Agent;

  constructor(group: Group, leader: Agent, initiator: Agent, earlier: HandoffState | null = null) {
    this.#group = group;
    this.leader = leader;
    this.#speaker = this.#named(earlier?.caller ?? "") ?? initiator;
    for (const [name, by] of earlier?.passedBy ?? []) {
      const [agent, from] = [this.#named(name), this.#named(by)];
      if (agent !== undefined && from !== undefined) this.#from.set(agent, from);
    }
  }

  /** What the rest of this run has to know. */
  export(): HandoffState {
    return { caller: this.#speaker.name, passedBy: [...this.#from].map(([{ name }, from]) => [name, from.name] as const) };
  }

  /** @param speaker who said the message that is handed round now */
  async next(speaker: Agent, message: Message): Promise<Directed> {
    const { handoffs, contextVariables: variables } = this.#group;
    if (!handoffs.some) return null;
    // Answers of tools are not said by whoever called them: who passes the turn on is the caller.
    if ("tool_calls" in message && (message.tool_calls ?? []).length > 0) this.#speaker = speaker;
    if (handoffs.onlyHandsOff(message)) return { agent: speaker };
    const asked = this.#asked;
    this.#asked = null;
    if (asked !== null) return this.#towards(asked.to, asked.by);
    if ("tool_calls" in message || "function_call" in message) return null;
    const to = await handoffs.afterMessage({ speaker, message, variables });
    return to === null ? null : this.#towards(to, speaker);
  }

  signaturesFor(agent: string): readonly ToolEntry[] {
    return this.#group.handoffs.signaturesFor(agent);
  }

  /** The first of several handoffs in one message counts. */
  implementationOf(tool: string): ToolFunction | undefined {
    const by = this.#speaker;
    const to = this.#group.handoffs.targetOf(by.name, tool);
    if (to === undefined) return undefined;
    return () => {
      if (this.#asked !== null && this.#asked.to !== to) return `The turn goes to ${this.#asked.to} already.`;
      this.#asked = { by, to };
      return to === "terminate" ? "The conversation ends." : `The turn goes to ${to === "return" ? "who passed it on" : to}.`;
    };
  }

  #towards(to: string, by: Agent): Directed {
    if (to === "terminate") return { end: `\`${by.name}\` ended the conversation` };
    if (to === "stay") return { agent: by };
    if (to === "return") {
      const back = this.#from.get(by);
      return back === undefined ? null : { agent: back };
    }
    const agent = this.#named(to);
    if (agent === undefined) return null;
    if (agent !== by) this.#from.set(agent, by);
    return { agent };
  }

  #named(name: string): Agent | undefined {
    return this.#group.agents.find((agent) => agent.name === name);
  }
}
