/**
 * Runs in which everything goes wrong that can: tools throw, hang, give cycles and 50 MB, reject when nobody listens any
 * more; people abort, programs die and load what was saved. Afterwards each model request must have had each call
 * answered exactly once, right behind its message, and no rejection may have been left unhandled.
 */
import type * as Library from "../../src/index.js";
import type { ChatOptions, Host, IOStream, ToolContext } from "../../src/index.js";
import { randomFrom, type Random } from "./random.js";
import { unansweredIn } from "./unanswered.js";

export interface FaultOptions {
  readonly seed: number;
  readonly runs: number;
}

/** What happened, so that a run in which nothing did is noticed. */
export interface FaultTally {
  runs: number;
  requests: number;
  calls: number;
  toolsStarted: number;
  toolsFailed: number;
  aborted: number;
  resumed: number;
  approvalsLater: number;
  unhandled: number;
}

/** @throws Error naming the run whose request is not as it must be */
export async function faults(library: typeof Library, { seed, runs }: FaultOptions): Promise<FaultTally> {
  const tally: FaultTally = {
    runs: 0,
    requests: 0,
    calls: 0,
    toolsStarted: 0,
    toolsFailed: 0,
    aborted: 0,
    resumed: 0,
    approvalsLater: 0,
    unhandled: 0,
  };
  const onUnhandled = (): void => void (tally.unhandled += 1);
  process.on("unhandledRejection", onUnhandled);
  try {
    for (let run = 0; run < runs; run += 1) {
      await new FaultyRun(library, randomFrom(seed + run), tally, `seed ${String(seed + run)}`).play();
      tally.runs += 1;
    }
    for (let turn = 0; turn < 20; turn += 1) await later(); // what is left alone has its say
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
  return tally;
}

const later = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

interface WireCall {
  readonly id?: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

class FaultyRun {
  readonly #library: typeof Library;
  readonly #random: Random;
  readonly #tally: FaultTally;
  readonly #name: string;
  /** Who answers questions stays the same over a restart. */
  readonly #approver: "later" | "program" | "function";
  #stop = new AbortController();

  constructor(library: typeof Library, random: Random, tally: FaultTally, name: string) {
    this.#library = library;
    this.#random = random;
    this.#tally = tally;
    this.#name = name;
    this.#approver = random.pick(["later", "program", "function"]);
  }

  async play(): Promise<void> {
    let { user, bot } = this.#agents();
    let saved: string | null = null;
    const save = (): void => void (saved = JSON.stringify({ user: user.saveState(), bot: bot.saveState() }));
    const options = (): ChatOptions => {
      this.#stop = new AbortController();
      const abortAt = this.#random.chance(0.4) ? this.#random.below(25) : Infinity;
      let events = 0;
      return {
        maxTurns: 8,
        silent: true,
        loopDetection: false,
        signal: this.#stop.signal,
        host: this.#host(),
        stream: quiet,
        onEvent: (event) => {
          if (event.type === "tool.start") this.#tally.toolsStarted += 1;
          if (event.type === "tool.end" && !event.ok) this.#tally.toolsFailed += 1;
          if (event.type === "message.received" && this.#random.chance(0.3)) save();
          if (event.type === "approval.ask" && event.by === "program") {
            setImmediate(() => user.answerApproval(event.id, this.#random.pick(["approve", "deny", { deny: "no" }] as const)));
          }
          events += 1;
          if (events >= abortAt) this.#stop.abort(new Error("the user has left"));
        },
      };
    };
    await this.#ending(user.initiateChat(bot, { ...options(), message: "go" }));
    for (let round = 0; round < 3; round += 1) {
      if (this.#random.chance(0.5)) {
        // The process died: at the last message that was saved, or in between.
        if (saved === null || this.#random.chance(0.5)) save();
        const state = JSON.parse(saved ?? "null") as { readonly user: unknown; readonly bot: unknown };
        ({ user, bot } = this.#agents());
        user.loadState(state.user, { peers: [bot] });
        bot.loadState(state.bot, { peers: [user] });
      }
      for (const { id } of user.pendingApprovals) {
        if (this.#random.chance(0.7)) user.answerApproval(id, this.#random.pick(["approve", "deny"] as const));
      }
      const last = user.chatMessages.get(bot)?.at(-1);
      const waits = last !== undefined && "tool_calls" in last;
      if (waits && this.#random.chance(0.7)) {
        this.#tally.resumed += 1;
        await this.#ending(user.resumeChat(bot, options()));
      } else {
        await this.#ending(user.initiateChat(bot, { ...options(), message: "again", clearHistory: false }));
      }
    }
  }

  /** Aborts are what these runs are for; everything else must not come out of a chat. */
  async #ending(chat: Promise<Library.ChatResult>): Promise<void> {
    try {
      const { stopReason } = await chat;
      if (stopReason === "approval-pending") this.#tally.approvalsLater += 1;
    } catch (error) {
      const { isAutogenError } = this.#library;
      if (isAutogenError(error, "aborted")) this.#tally.aborted += 1;
      // A resumed chat may be one in which the other side has to speak.
      else if (!isAutogenError(error, "invalid-option")) throw new Error(`${this.#name}: ${String(error)}`, { cause: error });
    }
  }

  #agents(): { readonly user: Library.UserProxyAgent; readonly bot: Library.AssistantAgent } {
    const { AssistantAgent, UserProxyAgent, defineTool, registerFunction } = this.#library;
    const random = this.#random;
    const bot = new AssistantAgent({ name: "bot", llmConfig: { config_list: [this.#model()], cache_seed: null } });
    const approver =
      this.#approver === "function" ? () => random.pick(["approve", "deny", { deny: "no" }] as const) : this.#approver;
    const user = new UserProxyAgent({
      name: "user",
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      toolExecution: { approver, parallel: random.chance(0.5), maxOutputChars: 10_000, timeoutMs: 3 },
    });
    for (const [name, execute] of Object.entries(FAULTS)) {
      const tool = defineTool({
        name,
        description: name,
        parameters: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
        approval: random.pick([
          "never",
          "never",
          "never",
          "always",
          () => random.pick(["approve", "ask", "deny"] as const),
        ] as const),
        execute: (_args, context) => execute(context),
      });
      registerFunction(tool, { caller: bot, executor: user });
    }
    return { user, bot };
  }

  /** Calls anything in any way for a while, and looks at each request. */
  #model(): Library.ConfigEntry {
    const create = (params: Library.ModelParams): Library.ModelResponse => {
      this.#tally.requests += 1;
      const problem = unansweredIn(params["messages"] as readonly object[]);
      if (problem !== null) throw new Error(`${this.#name}: ${problem}`);
      const random = this.#random;
      const count = random.chance(0.3) ? 0 : 1 + random.below(4);
      const tool_calls = Array.from({ length: count }, (_, index): WireCall => this.#call(index));
      this.#tally.calls += count;
      const message = count === 0 ? { content: random.pick(["text", "done TERMINATE"]) } : { content: null, tool_calls };
      return { model: "m", choices: [{ message: { role: "assistant", ...message } }] };
    };
    const client: Library.ModelClient = {
      create: async (params) => await Promise.resolve(create(params)),
      messageRetrieval: ({ choices }) =>
        choices.map(({ message = { content: null } }) => (message.tool_calls === undefined ? message.content : message)),
      cost: () => 0,
      getUsage: () => ({ model: "m", cost: 0, prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
    };
    return { model: "m", model_client_cls: () => client };
  }

  #call(index: number): WireCall {
    const random = this.#random;
    // Large values take long to make, so they are rare.
    const name = random.chance(0.01) ? random.pick(LARGE) : random.pick(ORDINARY);
    const id = random.pick([`c${String(index)}`, `c${String(random.below(1e6))}`, "same", undefined]);
    const text = random.pick(['{"n": 1}', '{"n": 1,}', '```json\n{"n": 2}\n```', '{"n": ', "[]", "null", '{"n": "x"}', ""]);
    return { ...(id === undefined ? {} : { id }), type: "function", function: { name, arguments: text } };
  }

  /** Time limits are over after a turn of the event loop. */
  #host(): Host {
    const sleep = async (_ms: number, signal?: AbortSignal): Promise<void> =>
      await new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
        setImmediate(() => setImmediate(resolve));
      });
    // Nothing else of a platform is used here.
    return { now: () => 0, random: () => 0.5, sleep, stream: () => quiet } as unknown as Host;
  }
}

const quiet: IOStream = {
  print: () => undefined,
  input: () => Promise.reject(new Error("nobody is here")),
};

/** 50 MB, made once. */
const BIG = "x".repeat(50_000_000);

/** Everything that tools of users have been seen to do. */
const FAULTS: Readonly<Record<string, (context: ToolContext) => unknown>> = {
  fine: () => "fine",
  object: () => ({ a: [1, null, "é"] }),
  throws: () => {
    throw new Error("broken");
  },
  rejects: async () => await Promise.reject(new TypeError("broken later")),
  throwsNothing: () => Promise.reject(),
  cyclic: () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return cycle;
  },
  throwsCycle: () => {
    const error = new Error("odd");
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    throw Object.assign(error, { message: cycle });
  },
  bigInt: () => 1n,
  big: () => BIG,
  bigList: () => [BIG],
  hostile: () => ({
    toJSON() {
      throw new Error("no JSON");
    },
  }),
  hangs: async () => await new Promise(() => undefined),
  rejectsOnAbort: async ({ signal }) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("as told")), { once: true });
    }),
  rejectsAfterAbort: async ({ signal }) =>
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => setImmediate(() => reject(new Error("late"))), { once: true });
    }),
  rejectsForNobody: async () => {
    for (let turn = 0; turn < 8; turn += 1) await later();
    throw new Error("too late");
  },
  streams: async function* ({ signal }) {
    for (let step = 0; step < 3 && !signal.aborted; step += 1) {
      yield step;
      await later();
    }
  },
  streamsAndBreaks: async function* () {
    yield 1;
    await later();
    throw new Error("stream broke");
  },
  talksAfterItsEnd: ({ progress }) => {
    setImmediate(() => progress("still here"));
    return "done";
  },
};

const LARGE = ["big", "bigList"] as const;
const ORDINARY: readonly string[] = [...Object.keys(FAULTS).filter((name) => !name.startsWith("big")), "bigInt", "unknown"];
