/** Secrets that are known, and are hidden wherever they stand. */
import { HIDDEN } from "./secret-patterns.js";

/** Shorter ones are words like `none`; hiding them would garble ordinary texts. */
const SHORTEST = 8;
/** What people write where a local server wants a key and does not look at it. */
const STAND_INS: ReadonlySet<string> = new Set([
  "lm-studio",
  "not-needed",
  "notrequired",
  "not-required",
  "placeholder",
  "sk-no-key-required",
]);

export class KnownValues {
  readonly #values = new Set<string>();
  #pattern: RegExp | null = null;

  add(values: Iterable<string>): void {
    for (const value of values) {
      if (value.length < SHORTEST || STAND_INS.has(value.toLowerCase())) continue;
      for (const spelling of spellings(value)) {
        if (this.#values.has(spelling)) continue;
        this.#values.add(spelling);
        this.#pattern = null;
      }
    }
  }

  hide(text: string): string {
    if (this.#values.size === 0 || text.length < SHORTEST) return text;
    return text.replace((this.#pattern ??= this.#compile()), HIDDEN);
  }

  /** The longest first: one may begin with another. */
  #compile(): RegExp {
    const sources = [...this.#values]
      .toSorted((a, b) => b.length - a.length)
      .map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`));
    return new RegExp(sources.join("|"), "gu");
  }
}

/** As it is, within JSON, and within an address. */
function spellings(value: string): readonly string[] {
  return [value, JSON.stringify(value).slice(1, -1), encoded(value)];
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // half of a character
  }
}
