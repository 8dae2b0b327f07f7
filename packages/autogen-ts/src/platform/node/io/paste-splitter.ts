/**
 * Telling pasted text from typed keys. A terminal in bracketed paste mode puts marks around what is pasted
 * (xterm control sequences, "Bracketed Paste Mode").
 */

/** Asks the terminal for the marks, and no longer. */
export const PASTE_MARKS_ON = "\u001B[?2004h";
export const PASTE_MARKS_OFF = "\u001B[?2004l";

const START = "\u001B[200~";
const END = "\u001B[201~";

export interface TypedOrPasted {
  readonly kind: "typed" | "pasted";
  readonly text: string;
}

export class PasteSplitter {
  /** How much of the start mark was seen last. It is passed on as typed: alone, its first character is the Escape key. */
  #seen = 0;
  /** What was pasted so far; null outside of a paste. */
  #pasted: string | null = null;

  /** Splits the next piece of input. A paste comes out as a whole, once its end has come in. */
  split(text: string): readonly TypedOrPasted[] {
    const parts: TypedOrPasted[] = [];
    let rest = text;
    while (rest !== "") rest = this.#pasted === null ? this.#typed(rest, parts) : this.#untilEnd(this.#pasted, rest, parts);
    return parts;
  }

  #typed(text: string, parts: TypedOrPasted[]): string {
    let index = 0;
    while (index < text.length && this.#seen < START.length) {
      const character = text[index++];
      if (character === START[this.#seen]) this.#seen += 1;
      else this.#seen = character === START[0] ? 1 : 0;
    }
    parts.push({ kind: "typed", text: text.slice(0, index) });
    if (this.#seen === START.length) {
      this.#seen = 0;
      this.#pasted = "";
    }
    return text.slice(index);
  }

  #untilEnd(before: string, text: string, parts: TypedOrPasted[]): string {
    // The end mark may be cut in two: look from a little before the new piece.
    const all = before + text;
    const end = all.indexOf(END, Math.max(0, before.length - END.length));
    if (end === -1) {
      this.#pasted = all;
      return "";
    }
    this.#pasted = null;
    parts.push({ kind: "pasted", text: cleaned(all.slice(0, end)) });
    return all.slice(end + END.length);
  }
}

/**
 * Line breaks as `\n`, without the one at the end (people copy whole lines, and press Enter afterwards) and without
 * control characters, which would steer the terminal when they are shown.
 */
function cleaned(text: string): string {
  return text
    .replaceAll(/\r\n?/gu, "\n")
    .replace(/\n$/u, "")
    .replaceAll(/[^\P{Cc}\t\n]/gu, "");
}
