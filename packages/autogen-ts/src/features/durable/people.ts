/** Questions to people: stored, so that the process may end, and answered from any other. */
import { abortError, AutogenError, type Json } from "../../core.js";
import type { AskLine, StoredRun } from "./journal-lines.js";
import { answerSlot, type OpenRun, type RunStore } from "./store.js";

/** What happens to questions that nobody answers. */
export interface Expiry {
  /** Milliseconds from the question on, by the clock of the machine. */
  readonly afterMs: number;
  /** What counts as the answer then. Without it the question fails the chat, by `question-expired`. */
  readonly answer?: string;
}

/** A question that waits for its answer. */
export interface OpenQuestion {
  /** Of the run. */
  readonly run: string;
  /** Of the question: the key of its step. */
  readonly id: string;
  /** Who asks. */
  readonly agent: string;
  readonly prompt: string;
  /** `line`: what a person would type, approvals included. `repeat`: what became of an interrupted call that must run once. */
  readonly purpose: "line" | "repeat";
  /** ISO 8601, UTC. */
  readonly asked: string;
  readonly expires: string | null;
}

/** What an answer leaves for the run: a type, so that it is plain JSON. */
export type AnswerNote = { readonly text: string } | { readonly expired: true };

export interface PeopleOptions {
  readonly run: string;
  readonly store: RunStore;
  readonly open: OpenRun;
  readonly signal: AbortSignal;
  readonly expiry: Expiry | null;
  /** Told when a question begins or ends to wait. */
  readonly onChange: () => void;
}

/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class People {
  readonly #options: PeopleOptions;
  readonly #looking = new Set<() => void>();
  #waiting = 0;

  constructor(options: PeopleOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.wake(), { once: true });
  }

  /** Questions that wait now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Something was left for this run: look again. */
  wake(): void {
    for (const look of this.#looking) look();
  }

  /** @throws AutogenError `question-expired`, `aborted` */
  async ask(question: Pick<AskLine, "agent" | "prompt" | "purpose"> & { readonly id: string }): Promise<string> {
    const { open, onChange } = this.#options;
    const { id, ...rest } = question;
    const asked = open.stored.asked.get(id) ?? this.#line(id, rest);
    if (!open.stored.asked.has(id)) await open.append(asked);
    this.#waiting += 1;
    onChange();
    try {
      return await this.#answer(asked);
    } finally {
      this.#waiting -= 1;
      onChange();
    }
  }

  #line(id: string, rest: Pick<AskLine, "agent" | "prompt" | "purpose">): AskLine {
    const now = Date.now();
    const { expiry } = this.#options;
    const expires = expiry === null ? {} : { expires: new Date(now + expiry.afterMs).toISOString() };
    return { ask: id, ...rest, time: new Date(now).toISOString(), ...expires };
  }

  async #answer(asked: AskLine): Promise<string> {
    const { run, store, expiry, signal } = this.#options;
    const slot = answerSlot(asked.ask);
    for (;;) {
      if (signal.aborted) throw abortError(signal);
      // Set up before the look, so that what comes in between is not missed.
      const change = this.#change(asked.expires);
      const note = readNote(await store.collect(run, slot));
      if (note === null && hasExpired(asked)) {
        await store.deposit(run, slot, { expired: true }); // Unless an answer comes first: then it counts.
        change.stop();
        continue;
      }
      if (note === null) {
        await change.promise;
        continue;
      }
      change.stop();
      if ("text" in note) return note.text;
      if (expiry?.answer !== undefined) return expiry.answer;
      throw new AutogenError(
        "question-expired",
        `Nobody answered \`${asked.agent}\` until ${asked.expires ?? "the question expired"}: ${asked.prompt}`,
        { details: { run, question: asked.ask } },
      );
    }
  }

  /** Resolves when it is time to look again. */
  #change(expires: string | undefined): { readonly promise: Promise<void>; readonly stop: () => void } {
    let stop: () => void = () => undefined;
    const promise = new Promise<void>((resolve) => {
      const ms = expires === undefined ? null : Math.max(0, Math.min(Date.parse(expires) - Date.now() + 1, LONGEST_TIMER_MS));
      const timer = ms === null ? undefined : setTimeout(() => stop(), ms);
      stop = () => {
        clearTimeout(timer);
        this.#looking.delete(stop);
        resolve();
      };
      this.#looking.add(stop);
    });
    return { promise, stop: () => stop() };
  }
}

export const hasExpired = ({ expires }: Pick<AskLine, "expires">): boolean =>
  expires !== undefined && Date.parse(expires) <= Date.now();

/** Notes are files that anybody with access to the folder can write. */
export function readNote(note: Json | null): AnswerNote | null {
  if (typeof note !== "object" || note === null) return null;
  if ("text" in note && typeof note["text"] === "string") return { text: note["text"] };
  return "expired" in note ? { expired: true } : null;
}

const REPEAT = "/repeat-";

/** The question about the `begun`-th beginning of a call. */
export const repeatQuestion = (key: string, begun: number): string => `${key}${REPEAT}${String(begun)}`;

/** Whether the run still waits for it, whatever was left for it meanwhile. */
export function isUnanswered({ ask, purpose }: AskLine, stored: StoredRun): boolean {
  if (stored.end !== null) return false;
  if (purpose !== "repeat") return !stored.has(ask);
  const at = ask.lastIndexOf(REPEAT);
  const key = ask.slice(0, at);
  return !stored.has(key) && stored.begun.get(key) === Number(ask.slice(at + REPEAT.length));
}

export const openQuestion = (run: string, { ask, agent, prompt, purpose, time, expires }: AskLine): OpenQuestion => ({
  ...{ run, id: ask, agent, prompt, purpose, asked: time, expires: expires ?? null },
});
