/** Questions as objects that are answered later, by a web page for example (D15-5). */
import { AutogenError, abortError, throwIfAborted, type RunEvent } from "../run/index.js";
import { printedText } from "./printed-text.js";
import type { IOStream } from "./stream.js";

/** A question that waits. Of `answer` and `cancel` the first counts; later ones give false and change nothing. */
export interface PendingQuestion {
  /** Unique within the stream: `question-1`, `question-2` … */
  readonly id: string;
  readonly prompt: string;
  /** Who asks; null when that is not known. */
  readonly agent: string | null;
  /** The answer should not be shown while it is typed. */
  readonly password: boolean;
  answer(text: string): boolean;
  /** The asking side gets AutogenError `input-closed`. */
  cancel(reason?: string): boolean;
}

/** What the stream calls. */
export interface QuestionStreamOptions {
  /** Called with each new question. */
  onQuestion?(question: PendingQuestion): void;
  /** Called when a question waits no more: it was answered, or else it was cancelled or its chat aborted. */
  onSettled?(question: PendingQuestion, answered: boolean): void;
  /** Gets the text of each `print`, line breaks included. @default dropped */
  print?(text: string): void;
  event?(event: RunEvent): void;
}

/** A stream whose questions wait for `answer`. */
export interface QuestionStream extends IOStream {
  /** The questions that wait, the oldest first. */
  readonly pending: readonly PendingQuestion[];
  /** Answers the question with this id; false when it does not wait (any more). */
  answer(id: string, text: string): boolean;
  /** Cancels all that waits and refuses further questions. */
  close(reason?: string): void;
}

/** A stream for programs that bring question and answer together themselves, for example over two web requests. */
export function questionStream(callbacks: QuestionStreamOptions = {}): QuestionStream {
  const pending = new Map<string, PendingQuestion>();
  let closed: string | null = null;
  let count = 0;

  async function input(prompt = "", { signal, password = false, agent = null }: AskOptions = {}): Promise<string> {
    if (signal !== undefined) throwIfAborted(signal);
    if (closed !== null) throw unanswered(prompt, closed);
    return await new Promise<string>((resolve, reject) => {
      const stop = (): void => {
        if (signal !== undefined) settle(() => reject(abortError(signal)));
      };
      const settle = (finish: () => void, answered = false): boolean => {
        if (!pending.delete(question.id)) return false;
        signal?.removeEventListener("abort", stop);
        finish();
        callbacks.onSettled?.(question, answered);
        return true;
      };
      const question: PendingQuestion = {
        id: `question-${String(++count)}`,
        prompt,
        agent,
        password,
        answer: (text) => settle(() => resolve(text), true),
        cancel: (reason = "it was cancelled") => settle(() => reject(unanswered(prompt, reason))),
      };
      pending.set(question.id, question);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        callbacks.onQuestion?.(question);
      } catch (error) {
        settle(() => reject(error));
      }
    });
  }

  return {
    supportsColor: false,
    print: (objects, options) => callbacks.print?.(printedText(objects, options)),
    event: (event) => callbacks.event?.(event),
    input,
    get pending() {
      return [...pending.values()];
    },
    answer: (id, text) => pending.get(id)?.answer(text) ?? false,
    close(reason = "the stream was closed") {
      closed ??= reason;
      for (const question of [...pending.values()]) question.cancel(reason);
    },
  };
}

type AskOptions = { readonly signal?: AbortSignal; readonly password?: boolean; readonly agent?: string | null };

const unanswered = (prompt: string, reason: string): AutogenError =>
  new AutogenError("input-closed", `The question \`${prompt.trim()}\` got no answer: ${reason}.`);
