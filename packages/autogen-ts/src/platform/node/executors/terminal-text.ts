/** Text of untrusted programs without what commands a terminal: escape sequences and control characters. */

/** Takes text in pieces; a sequence may be cut anywhere between them. */
export class TerminalText {
  #pending = "";

  /** What can be shown of this piece; the beginning of a sequence waits for its rest. */
  push(text: string): string {
    const all = this.#pending + text;
    const cut = unfinishedAt(all);
    this.#pending = all.slice(cut);
    return withoutTerminalControls(all.slice(0, cut));
  }
}

/**
 * Colours, cursor movements, titles, links, clipboard commands and the like are removed, tabs, line breaks and
 * carriage returns stay.
 */
export function withoutTerminalControls(text: string): string {
  return CONTROL.test(text) ? text.replace(SEQUENCES, "").replace(CONTROLS, "") : text;
}

const ESC = "\\u001b";
/** Strings (OSC, DCS, SOS, PM, APC) up to their end, control sequences (CSI), and two-character escapes. */
const SEQUENCES = new RegExp(
  `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]{0,4096}(?:\\u0007|${ESC}\\\\|\\u009c)?` +
    `|(?:${ESC}\\[|\\u009b)[\\u0030-\\u003f]{0,64}[\\u0020-\\u002f]{0,8}[\\u0040-\\u007e]?` +
    `|${ESC}[\\u0020-\\u002f]{0,8}[\\u0030-\\u007e]?`,
  "g",
);
/** All control characters but tab, line feed and carriage return. */
const CONTROLS = /[^\P{Cc}\t\n\r]/gu;
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** A control sequence that the text ends in the middle of. */
const UNFINISHED = new RegExp(`(?:${ESC}(?:\\[[\\u0020-\\u003f]{0,72})?|\\u009b[\\u0020-\\u003f]{0,72})$`);

function unfinishedAt(text: string): number {
  const found = UNFINISHED.exec(text.slice(-80));
  return found === null ? text.length : text.length - found[0].length;
}
