/** Plays one sequence and says what the library did wrong. */
import type {
  Agent,
  AgentOptions,
  ConversableAgent,
  HookTable,
  Message,
  MessageDraft,
  ModelClient,
  ModelParams,
  ModelResponse,
  ReplyFunction,
  RunEvent,
} from "../../src/index.js";
import type { IOStream as Stream } from "../../src/core.js";
import { problemOfRequest } from "./request-check.js";
import type { AgentPlan, Scenario, Step } from "./scenario.js";

/** The library under test: its sources, or the built package. */
export type Library = typeof import("../../src/index.js");

/** What was done, over all sequences. */
export interface Tally {
  sequences: number;
  steps: number;
  requests: number;
  calls: number;
  messages: number;
  refusals: number;
}

export const newTally = (): Tally => ({ sequences: 0, steps: 0, requests: 0, calls: 0, messages: 0, refusals: 0 });

/** More requests than limits of agents allow in one step. */
const MOST_REQUESTS = 200;
/** Far longer than any sequence takes. */
const HANGS_AFTER_MS = 20_000;

/** Codes of errors that a wrong message, reply or state may end with; anything else is a crash. */
const EXPECTED_CODES: ReadonlySet<string> = new Set([
  "invalid-option",
  "invalid-message",
  "invalid-reply",
  "invalid-state",
  "input-closed",
  "model-failed",
]);

/** @throws Error for anything that must not happen */
export async function play(library: Library, scenario: Scenario, tally: Tally): Promise<void> {
  tally.sequences += 1;
  const stage = new Stage(library, scenario, tally);
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the sequence hangs")), HANGS_AFTER_MS);
  });
  try {
    await Promise.race([library.IOStream.withDefault(stage.stream, () => stage.play()), hang]);
  } finally {
    clearTimeout(timer);
  }
}

class Stage {
  readonly stream: Stream;
  readonly #library: Library;
  readonly #scenario: Scenario;
  readonly #tally: Tally;
  readonly #agents: readonly ConversableAgent[];
  /** Messages that came in by `receive`: the other side has not stored them. */
  readonly #oneSided = new Set<Message>();
  readonly #problems: string[] = [];
  #answers = 0;
  #requestsOfStep = 0;
  #lines: string[];

  constructor(library: Library, scenario: Scenario, tally: Tally) {
    this.#library = library;
    this.#scenario = scenario;
    this.#tally = tally;
    this.#lines = [...scenario.lines];
    this.stream = {
      print: () => undefined,
      input: async () => {
        const line = this.#lines.shift();
        if (line === undefined) throw new library.AutogenError("input-closed", "no line is left");
        return line;
      },
    };
    this.#agents = scenario.agents.map((plan, index) => this.#agent(plan, `agent${String(index)}`));
  }

  async play(): Promise<void> {
    for (const [index, step] of this.#scenario.steps.entries()) {
      this.#tally.steps += 1;
      this.#requestsOfStep = 0;
      try {
        await this.#take(step);
      } catch (error) {
        this.#tally.refusals += 1;
        const code = this.#library.isAutogenError(error) ? error.code : null;
        if (code === null || !EXPECTED_CODES.has(code)) {
          throw new Error(`step ${String(index)} crashed: ${String((error as Partial<Error> | null)?.stack ?? error)}`, {
            cause: error,
          });
        }
      }
      this.#problems.push(...this.#historyProblems());
      if (Object.hasOwn(Object.prototype, "polluted")) this.#problems.push("Object.prototype was changed");
      const [problem] = this.#problems;
      if (problem !== undefined) throw new Error(`step ${String(index)}: ${problem}`);
    }
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case "send":
        return await this.#at(step.from).send(step.message as string, this.#at(step.from + step.to), step.request, true);
      case "receive":
        return await this.#receive(step);
      case "chat": {
        const { byFunction, message, from, to, kind: _kind, ...options } = step;
        await this.#at(from).initiateChat(this.#at(from + to), {
          ...options,
          message: byFunction ? () => message as string : (message as string),
          silent: true,
          stream: this.stream,
          onEvent: this.#onEvent,
          stopWhen: this.#library.anyOf(this.#library.toolCalled("unknown"), this.#library.contains("TERMINATE")),
        });
        return;
      }
      case "reply": {
        const { messages } = step;
        const sender = this.#at(step.of + step.to);
        await this.#at(step.of).generateReply(messages === null ? { sender } : { messages: messages as MessageDraft[], sender });
        return;
      }
      case "save":
        this.#saveAndLoad(this.#at(step.of));
    }
  }

  async #receive({ from, to, message, request }: Step & { readonly kind: "send" | "receive" }): Promise<void> {
    const [sender, recipient] = [this.#at(from), this.#at(from + to)];
    const before = recipient.historyWith(sender).length;
    try {
      await recipient.receive(message as string, sender, request, true);
    } finally {
      const stored = recipient.historyWith(sender)[before];
      if (stored !== undefined) this.#oneSided.add(stored);
    }
  }

  /** What is loaded gives the same state again. */
  #saveAndLoad(agent: ConversableAgent): void {
    const saved = JSON.stringify(agent.saveState());
    const copy = agent.clone();
    copy.loadState(JSON.parse(saved), { peers: this.#agents });
    const again = JSON.stringify(copy.saveState());
    if (again !== saved) this.#problems.push(`a loaded state differs from the saved one:\n${saved}\n${again}`);
  }

  readonly #onEvent = (event: RunEvent): void => {
    if (event.type === "message.received") this.#tally.messages += 1;
    if (event.type === "warning" && event.code === "subscriber-failed") this.#problems.push(event.text);
  };

  #at(index: number): ConversableAgent {
    const agent = this.#agents[index % this.#agents.length];
    if (agent === undefined) throw new Error("no agent");
    return agent;
  }

  #agent(plan: AgentPlan, name: string): ConversableAgent {
    const options: AgentOptions = {
      name,
      humanInputMode: plan.mode,
      maxConsecutiveAutoReply: plan.limit,
      // Anything may stand in a message, and this is one.
      defaultAutoReply: plan.defaultAutoReply as string,
      ...(plan.hasModel ? { llmConfig: this.#llmConfig(plan) } : {}),
      ...(plan.hasTools ? { functionMap: this.#tools() } : {}),
    };
    const agent = new this.#library.ConversableAgent(options);
    if (plan.replies.length > 0) agent.registerReply([() => true], inTurn(plan.replies), { position: 1 });
    const { hides, swaps } = plan;
    if (hides > 0) {
      agent.registerHook("processAllMessagesBeforeReply", (messages) => messages.filter((_, index) => index % hides !== 0));
    }
    if (swaps.length > 0) {
      const left = [...swaps];
      const swap: HookTable["processMessageBeforeSend"] = ({ message }) => (left.length > 0 ? (left.shift() as string) : message);
      agent.registerHook("processMessageBeforeSend", swap);
    }
    return agent;
  }

  #tools(): NonNullable<AgentOptions["functionMap"]> {
    return {
      works: () => "worked",
      fails: () => {
        throw this.#scenario.toolResult;
      },
      odd: () => this.#scenario.toolResult,
      nested: async (_args, { agent, sender, run }) => {
        const other = this.#agents.find((one) => one !== agent && one !== sender);
        if (other === undefined) return "nobody else";
        return (await agent.initiateChat(other, { message: "nested", maxTurns: 1, run })).summary;
      },
    };
  }

  #llmConfig({ fillsTemplates }: AgentPlan): NonNullable<AgentOptions["llmConfig"]> {
    const client: ModelClient = {
      create: (params) => this.#answer(params),
      // What a client gives is taken as it is: clients are written by users too.
      messageRetrieval: ({ choices }) => choices.map(({ message }) => message as never),
      cost: () => 0,
      getUsage: () => ({ prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0, model: "fuzz" }),
    };
    return {
      config_list: [{ model: "fuzz", model_client_cls: () => client }],
      cache_seed: null,
      ...(fillsTemplates ? { allow_format_str_template: true } : {}),
    };
  }

  #answer({ messages }: ModelParams): ModelResponse {
    this.#tally.requests += 1;
    this.#requestsOfStep += 1;
    if (this.#requestsOfStep > MOST_REQUESTS) {
      this.#problems.push("the step asks models without end");
      throw new Error("stop here"); // reported below, once the step has ended by this
    }
    const list = messages as readonly object[];
    const problem = problemOfRequest(list);
    if (problem !== null) this.#problems.push(`a request is wrong: ${problem}\n${shown(list)}`);
    this.#tally.calls += list.filter((one) => "tool_calls" in one).length;
    const { answers } = this.#scenario;
    const answer = answers[this.#answers++ % answers.length];
    return { model: "fuzz", choices: [{ message: answer as never }] };
  }

  /** Both sides hold the same messages, each from its own point of view. */
  #historyProblems(): string[] {
    const problems: string[] = [];
    for (const [index, one] of this.#agents.entries()) {
      for (const other of this.#agents.slice(index + 1)) {
        const [mine, yours] = [this.#shared(one, other), this.#shared(other, one)];
        const names = `${one.name} and ${other.name}`;
        if (mine.length !== yours.length)
          problems.push(`${names} hold ${String(mine.length)} and ${String(yours.length)} messages`);
        else if (!mine.every((message, at) => isSameMessage(message, yours[at])))
          problems.push(`${names} hold different messages`);
      }
    }
    return problems;
  }

  #shared(agent: ConversableAgent, peer: Agent): readonly Message[] {
    return agent.historyWith(peer).filter((message) => !this.#oneSided.has(message));
  }
}

function isSameMessage(mine: Message, yours: Message | undefined): boolean {
  if (yours === undefined || !Object.isFrozen(mine) || !Object.isFrozen(yours)) return false;
  if (mine === yours) return true;
  const { role, ...rest } = mine;
  const { role: otherRole, ...otherRest } = yours;
  const keys = Object.keys(rest);
  return (
    [role, otherRole].toSorted().join() === "assistant,user" &&
    keys.join() === Object.keys(otherRest).join() &&
    keys.every((key) => Object.is((rest as Record<string, unknown>)[key], (otherRest as Record<string, unknown>)[key]))
  );
}

/** Gives the values in turn, then lets others reply. */
function inTurn(values: readonly unknown[]): ReplyFunction {
  const left = [...values];
  return () => (left.length > 0 ? (left.shift() as [boolean, null]) : [false, null]);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "string" && item.length > 80 ? "…" : typeof item === "bigint" ? "1n" : item,
  ).slice(0, 4000);
}
