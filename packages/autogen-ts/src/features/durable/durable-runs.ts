/** Runs that outlive their process: started, gone on with, listed, answered, cancelled and forked. */
import { randomUUID } from "node:crypto";
import { AutogenError, canonical, isAutogenError, type EffectLayer, type IOStream, type Json } from "../../core.js";
import { ChangeWatch } from "./change-watch.js";
import { registryOf, type AnyConversation, type Conversation } from "./conversation.js";
import { damagedRun, describeRun, detailRun, outcomeOfEnd } from "./describe-run.js";
import { cancelReason, Drive, type DriveCall, type DriveSettings } from "./drive.js";
import { forkOf, type ForkOptions } from "./fork.js";
import { unknownRun } from "./journal-file.js";
import type { RunHead, StoredRun } from "./journal-lines.js";
import type { AnswerReceipt, RunDetails, RunInfo, RunOutcome } from "./outcome.js";
import { hasExpired, isUnanswered, readNote, type Expiry, type OpenQuestion } from "./people.js";
import { checkJson } from "./plain-json.js";
import { StepContext } from "./step-layer.js";
import { answerSlot, CANCEL_SLOT, type OpenRun, type RunStore } from "./store.js";

/** What a host of durable runs is made of. */
export interface DurableOptions {
  readonly store: RunStore;
  /** The programs that it can run. */
  readonly conversations: readonly AnyConversation[];
  /**
   * Who asks people: `later` stores questions, and ends its part when nothing else is left to do; `wait` stores them too, and
   * keeps the run in memory until somebody answers; `stream` asks at once, as chats do without this. @default "later"
   */
  readonly people?: "later" | "wait" | "stream";
  /** When stored questions expire, and what then. @default never */
  readonly expiry?: Expiry;
  /** Where chats are printed; what was printed by an earlier process is not printed again. @default nowhere */
  readonly stream?: IOStream;
  /** Layers inside of the steps, the outermost first: what they do is done once. @default none */
  readonly layers?: readonly EffectLayer[];
  /** Bytes that one step may store. @default 4 MiB */
  readonly maxStepBytes?: number;
  /** So long a program that is run again may stand still before it counts as another one. Milliseconds. @default 1000 */
  readonly replayQuietMs?: number;
  /** With `later`: so long nothing but a question may be going on before this process ends its part. Milliseconds. @default 100 */
  readonly suspendAfterMs?: number;
}

/** How a run is started. */
export interface StartOptions extends DriveCall {
  /** Letters, digits, `.`, `_` and `-`. Starting the same id again gives the same run. @default made up */
  readonly id?: string;
}

/** What became of one run of many. */
export type Resumed = RunOutcome | { readonly id: string; readonly status: "refused"; readonly error: unknown };

/** Durable runs, whatever stores them. */
export interface DurableRuns {
  /**
   * Starts a run, or goes on with the one of this id, or gives its outcome.
   *
   * @throws AutogenError `run-conflict` when the id belongs to another conversation or input; as `resume` does
   */
  start<Input, Output>(
    conversation: Conversation<Input, Output>,
    input: Input,
    options?: StartOptions,
  ): Promise<RunOutcome<Output>>;
  /**
   * Goes on with a run from where it was left. The steps that a failed one failed by are performed again.
   *
   * @throws AutogenError `unknown-run`, `run-locked` when another process has it, `run-conflict` when it belongs to another
   *   version, `replay-diverged` when the program does something else than was stored, `not-storable`, `journal-failed`,
   *   `aborted`
   */
  resume(id: string, call?: DriveCall): Promise<RunOutcome>;
  /** Goes on with all that are `ready`, of the conversations and versions that there are here; some at a time. */
  resumeReady(options?: DriveCall & { readonly concurrency?: number }): Promise<readonly Resumed[]>;
  list(): Promise<readonly RunInfo[]>;
  /** @throws AutogenError `unknown-run` */
  show(id: string): Promise<RunDetails>;
  /** All open questions, those that wait longest first. */
  questions(): Promise<readonly OpenQuestion[]>;
  /** Answers a question from any process. The first answer counts. @throws AutogenError `unknown-run` */
  answer(id: string, question: string, text: string): Promise<AnswerReceipt>;
  /** Stops a run from any process. @returns whether it was still to be stopped @throws AutogenError `unknown-run` */
  cancel(id: string, reason?: string): Promise<boolean>;
  /** Makes a new run out of the first steps of another; `resume` starts it. @returns its id @throws AutogenError `unknown-run`, `run-conflict`, `invalid-option` */
  fork(id: string, options?: ForkOptions): Promise<string>;
  /** Forgets a run. @throws AutogenError `unknown-run`, `run-locked` */
  remove(id: string): Promise<void>;
}

/**
 * Starts and goes on with runs of these conversations: what their models, tools, code and people gave is stored, so that a run
 * outlives its process and nothing that was completed is done twice.
 *
 * @throws AutogenError `invalid-option`
 */
export function durableRuns(options: DurableOptions): DurableRuns {
  return new Host(options);
}

const MIB = 2 ** 20;
const LISTED_AT_ONCE = 16;

class Host implements DurableRuns {
  readonly #store: RunStore;
  readonly #registry: ReadonlyMap<string, AnyConversation>;
  readonly #settings: DriveSettings;
  readonly #watch: ChangeWatch;
  /** Runs that this host goes on with now. */
  readonly #live = new Map<string, Promise<RunOutcome>>();

  constructor({ store, conversations, people = "later", expiry, stream, layers = [], ...limits }: DurableOptions) {
    const { maxStepBytes = 4 * MIB, replayQuietMs = 1_000, suspendAfterMs = 100 } = limits;
    if (!["later", "wait", "stream"].includes(people))
      throw new AutogenError("invalid-option", '`people` is neither "later", "wait" nor "stream".');
    for (const [name, value] of Object.entries({ maxStepBytes, replayQuietMs, suspendAfterMs, expiry: expiry?.afterMs ?? 1 }))
      if (!(value > 0)) throw new AutogenError("invalid-option", `\`${name}\` is not a number above 0.`);
    this.#store = store;
    this.#registry = registryOf(conversations);
    this.#watch = new ChangeWatch(store);
    this.#settings = {
      ...{ store, people, layers, maxStepBytes, suspendAfterMs, quietMs: replayQuietMs, context: new StepContext() },
      ...{ expiry: expiry ?? null, stream: stream ?? null },
    };
  }

  async start<Input, Output>(
    conversation: Conversation<Input, Output>,
    given: Input,
    { id = randomUUID(), ...call }: StartOptions = {},
  ): Promise<RunOutcome<Output>> {
    const { name, version } = this.#conversation(conversation.name);
    const input = plainInput(name, given);
    const head: RunHead = { id, conversation: name, program: version, input, time: new Date().toISOString() };
    if (!(await this.#store.create(head))) {
      const { head: before } = await this.#read(id);
      if (before.conversation !== name || canonical(before.input) !== canonical(input)) {
        throw new AutogenError(
          "run-conflict",
          `There is a run \`${id}\` of the conversation \`${before.conversation}\` with another input. Choose another id, or pass the same input.`,
          { details: { id } },
        );
      }
    }
    // What is stored under the conversation's name came from its program.
    return (await this.#join(id, call, false)) as RunOutcome<Output>;
  }

  async resume(id: string, call: DriveCall = {}): Promise<RunOutcome> {
    return await this.#join(id, call, true);
  }

  async resumeReady({ concurrency = 16, ...call }: DriveCall & { readonly concurrency?: number } = {}): Promise<
    readonly Resumed[]
  > {
    const ready = (await this.list()).filter(
      ({ status, conversation, version }) => status === "ready" && this.#registry.get(conversation)?.version === version,
    );
    const outcomes: Resumed[] = [];
    await eachOf(ready, concurrency, async ({ id }) => {
      const refused = (error: unknown): Resumed => ({ id, status: "refused", error });
      outcomes.push(await this.resume(id, call).catch(refused));
      call.signal?.throwIfAborted();
    });
    return outcomes;
  }

  async list(): Promise<readonly RunInfo[]> {
    const found: RunInfo[] = [];
    await eachOf(await this.#store.list(), LISTED_AT_ONCE, async (id) => {
      try {
        const stored = await this.#store.read(id);
        if (stored !== null) found.push(await describeRun(this.#store, stored));
      } catch (error) {
        // One damaged file is no reason to leave all others alone.
        if (!isAutogenError(error, "journal-failed")) throw error;
        found.push(damagedRun(id, error));
      }
    });
    return found.toSorted((a, b) => (a.started < b.started ? -1 : a.started > b.started ? 1 : a.id < b.id ? -1 : 1));
  }

  async show(id: string): Promise<RunDetails> {
    return await detailRun(this.#store, await this.#read(id));
  }

  async questions(): Promise<readonly OpenQuestion[]> {
    const open = (await this.list()).flatMap(({ questions }) => questions);
    return open.toSorted((a, b) => (a.asked < b.asked ? -1 : 1));
  }

  async answer(id: string, question: string, text: string): Promise<AnswerReceipt> {
    if (typeof text !== "string") throw new AutogenError("invalid-option", "An answer is a text.");
    const stored = await this.#read(id);
    const line = stored.asked.get(question);
    if (line !== undefined ? !isUnanswered(line, stored) && stored.end === null : stored.has(question))
      return await this.#late(id, question);
    if (stored.end !== null || (await this.#store.collect(id, CANCEL_SLOT)) !== null) return "closed";
    if (line !== undefined && hasExpired(line)) return await this.#late(id, question, "expired");
    if (!(await this.#store.deposit(id, answerSlot(question), { text }))) return await this.#late(id, question);
    await this.#watch.wakeAll();
    return line === undefined ? "early" : "accepted";
  }

  async cancel(id: string, reason?: string): Promise<boolean> {
    if ((await this.#read(id)).end !== null) return false;
    if (!(await this.#store.deposit(id, CANCEL_SLOT, { reason: reason ?? null }))) return false;
    await this.#watch.wakeAll();
    // A process that goes on with it notices; otherwise nobody is left to write it down.
    if ((await this.#store.holder(id)) === null) await this.#join(id, {}, false).catch(ignoreLocked);
    return true;
  }

  async fork(id: string, { id: forkId = randomUUID(), ...options }: ForkOptions = {}): Promise<string> {
    const stored = await this.#read(id);
    const { name, version } = this.#conversation(stored.head.conversation);
    const input = options.input === undefined ? {} : { input: plainInput(name, options.input) };
    const { head, lines } = forkOf(stored, { ...options, ...input }, { id: forkId, program: version });
    if (await this.#store.create(head, lines)) return forkId;
    throw new AutogenError("run-conflict", `There is a run \`${forkId}\`. Choose another id.`, { details: { id: forkId } });
  }

  async remove(id: string): Promise<void> {
    await this.#read(id);
    await this.#store.remove(id);
  }

  /** Whoever asks for a run that is going on here gets its outcome; events go to the one who came first. */
  #join(id: string, call: DriveCall, retry: boolean): Promise<RunOutcome> {
    const before = this.#live.get(id);
    if (before !== undefined) return before;
    const outcome = this.#go(id, call, retry).finally(() => this.#live.delete(id));
    this.#live.set(id, outcome);
    return outcome;
  }

  async #go(id: string, call: DriveCall, retry: boolean): Promise<RunOutcome> {
    const seen = await this.#read(id);
    // What has ended can be told whoever holds the folder.
    if (seen.end !== null && !(retry && seen.end.end === "failed")) return outcomeOfEnd(id, seen.end);
    const open = await this.#store.open(id);
    try {
      const { end, head } = open.stored;
      if (end !== null && !(retry && end.end === "failed")) return outcomeOfEnd(id, end);
      const cancelled = await this.#store.collect(id, CANCEL_SLOT);
      if (cancelled !== null) {
        const line = { end: "cancelled", reason: cancelReason(cancelled), time: new Date().toISOString() } as const;
        await open.append(line);
        return outcomeOfEnd(id, line);
      }
      const conversation = this.#conversation(head.conversation);
      checkVersion(conversation, head);
      if (end === null) return await this.#drive(conversation, open, call);
      await open.append({ forget: failedLast(open.stored), time: new Date().toISOString() });
    } finally {
      open.close();
    }
    return await this.#go(id, call, retry);
  }

  async #drive(conversation: AnyConversation, open: OpenRun, call: DriveCall): Promise<RunOutcome> {
    const drive = new Drive(conversation, open, this.#settings, call);
    const unwatch = this.#watch.add(drive);
    try {
      const end = await drive.end();
      if ("end" in end) return outcomeOfEnd(drive.id, end);
      return { id: drive.id, status: "waiting", questions: end.waiting };
    } finally {
      unwatch();
    }
  }

  async #late(id: string, question: string, otherwise: AnswerReceipt = "answered"): Promise<AnswerReceipt> {
    const note = readNote(await this.#store.collect(id, answerSlot(question)));
    if (note === null) return otherwise;
    return "text" in note ? "answered" : "expired";
  }

  async #read(id: string): Promise<StoredRun> {
    const stored = await this.#store.read(id);
    if (stored === null) throw unknownRun(id);
    return stored;
  }

  #conversation(name: string): AnyConversation {
    const found = this.#registry.get(name);
    if (found !== undefined) return found;
    const known = [...this.#registry.keys()].map((one) => `\`${one}\``).join(", ");
    throw new AutogenError(
      "invalid-option",
      `There is no conversation \`${name}\` here, only ${known === "" ? "none at all" : known}. Pass it in \`conversations\`.`,
    );
  }
}

function plainInput(name: string, given: unknown): Json {
  const input = given === undefined ? null : given;
  const checked = checkJson(input);
  if (typeof checked === "string") return JSON.parse(JSON.stringify(input)) as Json; // Plain, as was just seen.
  throw new AutogenError(
    "invalid-option",
    `The input of the conversation \`${name}\` is not plain JSON: \`input${checked.path}\` is ${checked.what}. Nothing was started.`,
  );
}

function checkVersion({ name, version }: AnyConversation, { id, program }: RunHead): void {
  if (version === program) return;
  throw new AutogenError(
    "run-conflict",
    `The run \`${id}\` belongs to version \`${program}\` of the conversation \`${name}\`, and this program has \`${version}\`. Let the old program end it, or \`fork\` it to go on with this one.`,
    { details: { id, stored: program, here: version } },
  );
}

/** The steps by which a run failed: the last ones, as far as they failed; or, with branches side by side, the one whose error ended it. */
function failedLast(stored: StoredRun): readonly string[] {
  const failed: string[] = [];
  for (const key of stored.keys.toReversed()) {
    const outcome = stored.step(key)?.outcome;
    if (outcome === undefined || "value" in outcome) break;
    failed.push(key);
  }
  if (failed.length > 0 || stored.end?.end !== "failed") return failed;
  const { message } = stored.end.error;
  return stored.keys.filter((key) => {
    const outcome = stored.step(key)?.outcome;
    return outcome !== undefined && "error" in outcome && outcome.error.message === message;
  });
}

/** Another process was quicker to take it, and will see the note. */
function ignoreLocked(error: unknown): void {
  if (!(error instanceof AutogenError) || error.code !== "run-locked") throw error;
}

async function eachOf<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: Math.min(most, items.length) }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
