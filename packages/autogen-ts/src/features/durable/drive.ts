/** One process going on with one run: the program from its start, its steps, its people, and what stops it. */
import {
  AutogenError,
  consolePrinter,
  createRun,
  describeError,
  joinings,
  loadHost,
  nullStream,
  type EffectLayer,
  type Host,
  type IOStream,
  type Json,
  type RunEvent,
} from "../../core.js";
import type { AnyConversation } from "./conversation.js";
import type { EndLine } from "./journal-lines.js";
import { hasExpired, isUnanswered, openQuestion, People, type Expiry, type OpenQuestion } from "./people.js";
import { checkJson } from "./plain-json.js";
import type { StepContext } from "./step-layer.js";
import { Steps } from "./steps.js";
import { CANCEL_SLOT, type OpenRun, type RunStore } from "./store.js";

/** What a subscriber is told beside the event. */
export interface DurableEventInfo {
  /** Of the run. */
  readonly id: string;
  /** Whether it was told before, by an earlier process: the program is still on its way to where that stopped. */
  readonly replayed: boolean;
}

/** What holds for all runs of a host. */
export interface DriveSettings {
  readonly store: RunStore;
  readonly context: StepContext;
  readonly people: "later" | "wait" | "stream";
  readonly expiry: Expiry | null;
  readonly stream: IOStream | null;
  readonly layers: readonly EffectLayer[];
  readonly maxStepBytes: number;
  readonly quietMs: number;
  readonly suspendAfterMs: number;
}

/** Who follows what this process does for a run, and may stop it here. */
export interface DriveCall {
  /** Ends the part of this process; the run can be resumed. */
  readonly signal?: AbortSignal;
  /** Sees every event, those of a replay included. */
  readonly onEvent?: (event: RunEvent, info: DurableEventInfo) => void;
}

/** How this process left the run. */
export type DriveEnd = EndLine | { readonly waiting: readonly OpenQuestion[] };

/** Why the run was stopped, where it was not the caller. */
type Stop = { readonly why: "suspended" } | { readonly why: "cancelled"; readonly reason: string | null };

export class Drive {
  readonly #conversation: AnyConversation;
  readonly #open: OpenRun;
  readonly #settings: DriveSettings;
  readonly #call: DriveCall;
  readonly #stopping = new AbortController();
  readonly #people: People | null;
  readonly #steps: Steps;
  #stop: Stop | null = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(conversation: AnyConversation, open: OpenRun, settings: DriveSettings, call: DriveCall) {
    this.#conversation = conversation;
    this.#open = open;
    this.#settings = settings;
    this.#call = call;
    const { signal } = this.#stopping;
    const onChange = (): void => this.#look();
    const { store, expiry, maxStepBytes, quietMs } = settings;
    this.#people = settings.people === "stream" ? null : new People({ run: this.id, store, open, signal, expiry, onChange });
    this.#steps = new Steps(open, { people: this.#people, signal, maxStepBytes, quietMs, onChange });
  }

  get id(): string {
    return this.#open.stored.head.id;
  }

  /** Something was left for the run: an answer, or the word to stop. */
  async wake(): Promise<void> {
    const note = await this.#settings.store.collect(this.id, CANCEL_SLOT);
    if (note === null) this.#people?.wake();
    else this.#halt({ why: "cancelled", reason: cancelReason(note) });
  }

  /**
   * @throws what keeps the run from going on, and is no end of it: AutogenError `replay-diverged`, `not-storable`,
   * `journal-failed`, `aborted`
   */
  async end(): Promise<DriveEnd> {
    const { signal: outer } = this.#call;
    const relay = (): void => this.#stopping.abort(outer?.reason);
    if (outer?.aborted === true) relay();
    else outer?.addEventListener("abort", relay, { once: true });
    try {
      await this.wake();
      return await this.#outcome();
    } finally {
      clearTimeout(this.#quiet);
      outer?.removeEventListener("abort", relay);
      this.#stopping.abort(); // Whatever the program left behind.
    }
  }

  async #outcome(): Promise<DriveEnd> {
    let result: unknown;
    let error: unknown;
    let threw = false;
    try {
      result = this.#stop === null ? await this.#play() : null;
    } catch (thrown) {
      threw = true;
      error = thrown;
    }
    const time = new Date().toISOString();
    if (this.#steps.fatal !== null) throw this.#steps.fatal;
    if (this.#stop?.why === "cancelled") return await this.#close({ end: "cancelled", reason: this.#stop.reason, time });
    if (this.#stop?.why === "suspended") return { waiting: await this.#questions() };
    if (this.#call.signal?.aborted === true && threw) throw error;
    await this.#steps.finish();
    if (threw) return await this.#close({ end: "failed", error: describeError(error), time });
    return await this.#close({ end: "finished", result: this.#checked(result), time });
  }

  async #play(): Promise<unknown> {
    const { context, layers, stream } = this.#settings;
    const platform = await loadHost();
    const shown = stream ?? (this.#people === null ? platform.stream() : nullStream());
    const host: Host = Object.create(platform) as Host; // The same, with another stream.
    host.stream = () => shown;
    const joined = context.outside(joinings);
    const told = this.#call.onEvent;
    const print = stream === null ? null : consolePrinter(stream);
    const run = createRun({
      host,
      signal: this.#stopping.signal,
      silent: stream === null,
      layers: [...joined.flatMap((one) => one.layers ?? []), context.layer(this.id, this.#steps), ...layers],
      subscribers: [
        ...joined.flatMap((one) => one.onEvent ?? []),
        (event) => {
          const replayed = !this.#steps.isReplayed;
          if (!replayed) print?.(event);
          told?.(event, { id: this.id, replayed });
        },
      ],
    });
    const { id } = this;
    const program = this.#conversation.program as (input: unknown, context: { id: string; run: typeof run }) => Promise<unknown>;
    return await context.program(id, this.#steps, async () => await program(this.#open.stored.head.input, { id, run }));
  }

  /** Ends this process's part when nothing happens but waiting for people. */
  #look(): void {
    clearTimeout(this.#quiet);
    if (this.#settings.people !== "later" || this.#people === null) return;
    if (this.#people.waiting === 0 || this.#steps.live > 0) return;
    this.#quiet = setTimeout(() => this.#halt({ why: "suspended" }), this.#settings.suspendAfterMs);
  }

  #halt(stop: Stop): void {
    if (this.#stopping.signal.aborted) return;
    this.#stop = stop;
    const text = stop.why === "suspended" ? "it waits for an answer" : `it was cancelled${reasonText(stop.reason)}`;
    this.#stopping.abort(new Error(text));
  }

  async #close(line: EndLine): Promise<EndLine> {
    await this.#open.append(line);
    return line;
  }

  async #questions(): Promise<readonly OpenQuestion[]> {
    // Read anew: questions were asked since it was opened.
    const stored = (await this.#settings.store.read(this.id)) ?? this.#open.stored;
    return [...stored.asked.values()]
      .filter((line) => isUnanswered(line, stored) && !hasExpired(line))
      .map((line) => openQuestion(this.id, line));
  }

  #checked(result: unknown): Json {
    const value = result === undefined ? null : result;
    const checked = checkJson(value);
    if (typeof checked === "string") return JSON.parse(JSON.stringify(value)) as Json; // Plain, as was just seen.
    const where = checked.path === "" ? "is" : `has \`${checked.path}\`, which is`;
    throw new AutogenError(
      "not-storable",
      `What the conversation \`${this.#conversation.name}\` gave cannot be stored: it ${where} ${checked.what}, and not plain JSON. Return texts, numbers, lists and plain objects; its steps are stored.`,
    );
  }
}

/** Notes are files that anybody with access to the folder can write. */
export function cancelReason(note: Json): string | null {
  const reason = typeof note === "object" && note !== null && "reason" in note ? note["reason"] : null;
  return typeof reason === "string" ? reason : null;
}

const reasonText = (reason: string | null): string => (reason === null ? "" : `: ${reason}`);
