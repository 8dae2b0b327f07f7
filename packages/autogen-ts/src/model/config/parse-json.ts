/**
 * JSON as people write it in config files: with comments and commas after the last element. Chapter 22, section 1.
 * Errors name the place and a fix, never the content, which holds keys.
 */
import type { Json } from "../../message/index.js";
import { AutogenError } from "../../run/index.js";

/**
 * Parses strictly, then leniently: `//`, `#` and block comments, and trailing commas are allowed.
 *
 * @param source what the text is, for the error: a file or a variable
 * @throws AutogenError `invalid-config` with the line and column of the first problem
 */
export function parseLenientJson(text: string, source: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return new LenientParser(text, source).parse();
  }
}

const SPACE = /(?:\s|\uFEFF|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const LITERAL = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\.)*"/uy;

class LenientParser {
  readonly #text: string;
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  parse(): Json {
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length)
      throw this.#problem("something follows the end of the value", "Put all entries into one list `[ … ]`");
    return value;
  }

  #value(): Json {
    this.#match(SPACE);
    switch (this.#text[this.#at] ?? "") {
      case "[":
        return this.#list();
      case "{":
        return this.#object();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #list(): Json {
    const items: Json[] = [];
    this.#elements("]", () => items.push(this.#value()));
    return items;
  }

  #object(): Json {
    const entries: [string, Json][] = [];
    this.#elements("}", () => {
      const key = this.#text[this.#at] === '"' ? this.#string() : this.#badKey();
      this.#match(SPACE);
      if (this.#text[this.#at] !== ":") throw this.#problem("a colon is missing after a key", 'Write `"key": value`');
      this.#at += 1;
      entries.push([key, this.#value()]);
    });
    return Object.fromEntries(entries);
  }

  /** Elements between the bracket at the current place and `end`. */
  #elements(end: "]" | "}", read: () => void): void {
    this.#at += 1;
    for (;;) {
      this.#match(SPACE);
      if (this.#text[this.#at] === end) break;
      read();
      this.#match(SPACE);
      if (this.#text[this.#at] === ",") this.#at += 1;
      else if (this.#text[this.#at] !== end) throw this.#unfinished(end);
    }
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    const found = this.#match(STRING);
    if (found === "")
      throw this.#problem("a text has no end on its line", 'Close it with `"`, and write `\\"` for a quote inside');
    try {
      return JSON.parse(found) as string;
    } catch {
      this.#at = start;
      throw this.#problem("a text has a backslash that JSON does not know", "Write `\\\\` for a backslash, as in Windows paths");
    }
  }

  #scalar(): Json {
    const found = this.#match(LITERAL) || this.#match(NUMBER);
    if (found !== "") return JSON.parse(found) as Json;
    if (this.#at >= this.#text.length)
      throw this.#problem("the text ends where a value should be", "Complete it; a list ends with `]`, an object with `}`");
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith("'")) throw this.#problem("a text is in single quotes", 'Use double quotes: `"…"`');
    if (/^(?:True|False|None)\b/u.test(rest))
      throw this.#problem("a Python value stands here", "Write `true`, `false` or `null`");
    throw this.#problem(
      "there is no value here",
      "A value is a text in double quotes, a number, `true`, `false`, `null`, a list or an object",
    );
  }

  #badKey(): never {
    if (this.#at >= this.#text.length) throw this.#unfinished("}");
    throw this.#problem("a key is not in double quotes", 'Write `"key": value`');
  }

  #unfinished(end: "]" | "}"): AutogenError {
    if (this.#at >= this.#text.length) return this.#problem(`\`${end}\` is missing at the end`, "Complete the text");
    return this.#problem("a comma is missing between two elements", "Put `,` between them");
  }

  /** Moves over what matches here and returns it. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #problem(what: string, fix: string): AutogenError {
    const before = this.#text.slice(0, this.#at).split("\n");
    const line = before.length;
    const column = (before.at(-1) ?? "").length + 1;
    const message = `${this.#source} is not valid JSON: line ${String(line)}, column ${String(column)}: ${what}. ${fix}.`;
    return new AutogenError("invalid-config", message, { details: { source: this.#source, line, column } });
  }
}
