/** Questions on a terminal: line editing, history, paste, Ctrl-C and Ctrl-D. Specification chapter 15, section 3. */
import { clearScreenDown, createInterface, cursorTo, moveCursor, type Interface } from "node:readline";
import { PassThrough, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { ReadStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { abortError } from "../../../run/index.js";
import { PASTE_MARKS_OFF, PASTE_MARKS_ON, PasteSplitter } from "./paste-splitter.js";

export interface TerminalQuestion {
  readonly keyboard: ReadStream;
  readonly prompt: string;
  /** Nothing of the answer is shown or remembered. */
  readonly password: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What the terminal shows. */
export type Screen = Writable & { readonly columns?: number };

/** The question under way. */
interface Asked {
  readonly editor: Interface;
  /** What stands before the answer in its line; null when the answer is not shown. */
  readonly lead: string | null;
}

/** How a question ended: with a line, or because nothing more will come. */
type Outcome = { readonly ended: "line"; readonly text: string } | { readonly ended: "closed"; readonly text: null };

const HISTORY_SIZE = 500;

/** One per terminal: it remembers earlier answers and what was typed too early. */
export class TerminalEditor {
  readonly #output: Screen;
  readonly #marks: { readonly on: string; readonly off: string };
  #history: string[] = [];
  /** Lines, and the start of a line, that were typed before they were asked for. */
  readonly #early: string[] = [];
  #earlyStart = "";
  /** The last line of the output, as long as it has no end. */
  #tail = "";
  #asked: Asked | null = null;
  /** Output without the end of its line yet, while a question waits. */
  #held = "";

  /** @param understandsMarks whether the terminal may be asked to mark pastes: a plain file would keep the request */
  constructor(output: Screen, understandsMarks: boolean) {
    this.#output = output;
    this.#marks = understandsMarks ? { on: PASTE_MARKS_ON, off: PASTE_MARKS_OFF } : { on: "", off: "" };
  }

  /** Writes text. When a question waits, the text goes above it, in whole lines. */
  print(text: string): void {
    if (this.#asked === null) {
      this.#write(text);
      return;
    }
    const all = this.#held + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#held = all.slice(end);
    if (end > 0) this.above(() => this.#output.write(all.slice(0, end)));
  }

  /** Lets `write` write whole lines to the terminal above the question that waits, if any. */
  above(write: () => void): void {
    if (this.#asked === null) return write();
    const { editor, lead } = this.#asked;
    if (lead === null) {
      this.#output.write("\n");
      return write();
    }
    const cursor = editor.cursor;
    editor.write(null, { name: "end" });
    const { rows, cols } = editor.getCursorPos();
    cursorTo(this.#output, 0);
    moveCursor(this.#output, 0, -rows);
    clearScreenDown(this.#output);
    write();
    this.#output.write(lead + editor.line);
    // A line that fills its row leaves the cursor on it; a space makes the terminal begin the next one.
    if (cols === 0 && rows > 0) this.#output.write(" ");
    cursorTo(this.#output, cols);
    while (editor.cursor > cursor) editor.write(null, { name: "left" });
  }

  /**
   * Asks and gives the answer: one line, or several that were pasted; null on Ctrl-D or when the terminal is gone.
   * Ctrl-C becomes the SIGINT of this process, which is what it is outside of questions.
   *
   * @throws AutogenError `aborted` when the signal fires
   */
  async ask(question: TerminalQuestion): Promise<string | null> {
    const { keyboard, prompt, password } = question;
    const line = this.#early.shift();
    if (line !== undefined) {
      this.#write(`${prompt}${password ? "" : line}\n`);
      return line;
    }
    if (keyboard.readableEnded || keyboard.destroyed) {
      this.#write(`${prompt}\n`);
      return null;
    }
    return await this.#edit(question);
  }

  async #edit({ keyboard, prompt, password, signal }: TerminalQuestion): Promise<string | null> {
    const lead = this.#leadOf(prompt);
    const keys = new Keys(keyboard);
    const editor = createInterface({
      input: keys,
      output: password ? new Nowhere() : this.#output,
      terminal: true,
      prompt: password ? "" : lead,
      history: password ? [] : [...this.#history],
      historySize: password ? 0 : HISTORY_SIZE,
      removeHistoryDuplicates: true,
    });
    if (!password) editor.on("history", (history) => (this.#history = [...history]));
    const restore = (): void => {
      this.#output.write(this.#marks.off);
      keyboard.setRawMode(false);
    };
    editor.on("SIGINT", () => interrupt(restore));
    editor.on("SIGCONT", () => this.#output.write(this.#marks.on));
    process.once("exit", restore);
    this.#asked = { editor, lead: password ? null : lead };
    let outcome: Outcome | null = null;
    try {
      this.#output.write(this.#marks.on + (password ? lead : ""));
      editor.prompt();
      outcome = await this.#answer(editor, keys, signal);
      return outcome.text;
    } finally {
      // The editor has ended its line, unless it was not shown or not finished.
      const complete = outcome?.ended === "line" && !password;
      this.#earlyStart = complete ? editor.line : "";
      process.off("exit", restore);
      editor.close();
      restore();
      this.#asked = null;
      this.#tail = "";
      this.#write((complete ? "" : "\n") + this.#held);
      this.#held = "";
    }
  }

  async #answer(editor: Interface, keys: Keys, signal: AbortSignal | undefined): Promise<Outcome> {
    const { keyboard } = keys;
    const splitter = new PasteSplitter();
    const decoder = new StringDecoder("utf8");
    const pasted: string[] = [];
    let pasting = false;
    let answer: string | null = null;
    let forget: () => void = () => undefined;
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        const onLine = (line: string): void => {
          if (pasting) pasted.push(line);
          else if (answer === null) answer = [...pasted, line].join("\n");
          else this.#early.push(line);
        };
        const onData = (bytes: Buffer): void => {
          for (const { kind, text } of splitter.split(decoder.write(bytes))) {
            pasting = kind === "pasted";
            if (pasting) editor.write(text);
            else type(text, keys, editor);
          }
          // Only now: what came after the line in the same piece belongs to the next question.
          if (answer !== null) resolve({ ended: "line", text: answer });
        };
        const onClosed = (): void => resolve({ ended: "closed", text: null });
        const onAbort = (): void => {
          if (signal !== undefined) reject(abortError(signal));
        };
        editor.on("line", onLine).on("close", onClosed);
        keyboard.on("data", onData).on("end", onClosed).on("error", onClosed);
        signal?.addEventListener("abort", onAbort, { once: true });
        forget = () => {
          keyboard.off("data", onData).off("end", onClosed).off("error", onClosed).pause();
          signal?.removeEventListener("abort", onAbort);
        };
        if (signal?.aborted === true) return onAbort();
        if (this.#earlyStart !== "") editor.write(this.#earlyStart);
        keyboard.resume();
      });
    } finally {
      forget();
    }
  }

  /**
   * The line editor writes its line anew from the first column. What is there already becomes part of that line, when
   * it fits; all lines of the prompt but the last are simply written.
   */
  #leadOf(prompt: string): string {
    const whole = this.#tail + prompt;
    const start = whole.lastIndexOf("\n") + 1;
    if (start > 0) this.#output.write(whole.slice(this.#tail.length, start));
    else if (stripVTControlCharacters(this.#tail).length >= (this.#output.columns ?? 80)) {
      this.#output.write("\n");
      return prompt;
    }
    return whole.slice(start);
  }

  #write(text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    this.#tail = end > 0 ? text.slice(end) : this.#tail + text;
    this.#output.write(text);
  }
}

/** With nobody listening the process ends here: the terminal must be as it was. */
function interrupt(restore: () => void): void {
  if (process.listenerCount("SIGINT") === 0) restore();
  process.kill(process.pid, "SIGINT");
}

/** The keys for the line editor; the terminal itself is read here, because pastes must be taken out before. */
class Keys extends PassThrough {
  readonly keyboard: ReadStream;

  constructor(keyboard: ReadStream) {
    super();
    this.keyboard = keyboard;
  }

  get isRaw(): boolean {
    return this.keyboard.isRaw;
  }

  setRawMode(raw: boolean): this {
    this.keyboard.setRawMode(raw);
    return this;
  }

  /** At once, not when the stream gets to it: keys and pastes must stay in order. */
  press(character: string): void {
    this.emit("data", Buffer.from(character));
  }
}

/** More than the longest sequence of characters that one key sends. */
const KEY_LENGTH = 16;

/**
 * Several keys at once are taken for a paste by the line editor, which then forgets where its cursor is: each is
 * pressed alone. Of a long run of text (a paste without marks) the rest can hold no key and is inserted as a whole.
 */
function type(text: string, keys: Keys, editor: Interface): void {
  for (const [run] of text.matchAll(/\p{Cc}|\P{Cc}+/gu)) {
    const characters = Array.from(run);
    for (const character of characters.slice(0, KEY_LENGTH)) keys.press(character);
    if (characters.length > KEY_LENGTH) editor.write(characters.slice(KEY_LENGTH).join(""));
  }
}

/** Shows nothing. */
class Nowhere extends Writable {
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}
