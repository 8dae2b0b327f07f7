/** The questions of an agent that wait for an answer, and answers that wait for their call. */
import { checkedAnswer, isSameQuestion, type ApprovalAnswer, type ApprovalQuestion, type SavedApproval } from "../tool/index.js";
import { AbortRelay, abortError } from "../run/index.js";

interface Entry {
  readonly question: ApprovalQuestion;
  answer: ApprovalAnswer | undefined;
  readonly waiting: Set<(answer: ApprovalAnswer) => void>;
}

export class OpenApprovals {
  readonly #entries = new Map<string, Entry>();
  readonly #aborts = new AbortRelay();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Those without an answer, the oldest first. */
  get questions(): readonly ApprovalQuestion[] {
    return [...this.#entries.values()].filter(({ answer }) => answer === undefined).map(({ question }) => question);
  }

  /** Makes it wait. An answer that was given to exactly this question is given back; an answer to anything else is dropped. */
  open(question: ApprovalQuestion): ApprovalAnswer | null {
    const known = this.#entries.get(question.id);
    if (known !== undefined && isSameQuestion(known.question, question)) return known.answer ?? null;
    this.#entries.set(question.id, { question, answer: undefined, waiting: new Set() });
    return null;
  }

  /** The first answer counts. @returns false when no such question waits @throws AutogenError `invalid-option` for what is no answer */
  answer(id: string, answer: ApprovalAnswer): boolean {
    const checked = checkedAnswer(answer, "`answerApproval`");
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.answer !== undefined) return false;
    entry.answer = checked;
    for (const tell of entry.waiting) tell(checked);
    return true;
  }

  /** The answer, when it comes. An abort ends the waiting, not the question. */
  async wait(id: string, signal: AbortSignal | undefined): Promise<ApprovalAnswer> {
    const entry = this.#entries.get(id);
    if (entry?.answer !== undefined) return entry.answer;
    return await new Promise((resolve, reject) => {
      let unfollow: () => void = () => undefined;
      const tell = (answer: ApprovalAnswer): void => {
        unfollow();
        entry?.waiting.delete(tell);
        resolve(answer);
      };
      entry?.waiting.add(tell);
      if (signal === undefined) return;
      unfollow = this.#aborts.follow(signal, () => {
        entry?.waiting.delete(tell);
        reject(abortError(signal));
      });
    });
  }

  /** Its call was decided on: the answer holds for no other. */
  close(id: string): void {
    this.#entries.delete(id);
  }

  /** Forgets what was asked for earlier messages of this sender. */
  keepOnly(sender: string | null, ids: ReadonlySet<string>): void {
    for (const [id, { question, waiting }] of this.#entries) {
      if (question.sender === sender && !ids.has(id) && waiting.size === 0) this.#entries.delete(id);
    }
  }

  /** Forgets all, or what one sender asked for, unless it is being waited for: that ends by its answer, or by an abort. */
  clear(sender?: string): void {
    for (const [id, { question, waiting }] of this.#entries) {
      if (waiting.size === 0 && (sender === undefined || question.sender === sender)) this.#entries.delete(id);
    }
  }

  /** Whether a call of this sender waits, for an answer or for the chat to go on after it. */
  concern(sender: string): boolean {
    return [...this.#entries.values()].some(({ question }) => question.sender === sender);
  }

  export(): readonly SavedApproval[] {
    return [...this.#entries.values()].map(({ question, answer }) => ({ question, ...(answer === undefined ? {} : { answer }) }));
  }

  import(saved: readonly SavedApproval[]): void {
    this.clear();
    for (const { question, answer } of saved) this.#entries.set(question.id, { question, answer, waiting: new Set() });
  }
}
