/** HTML whose values are text, whatever stands in them. */

/** HTML that was made here. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text and numbers are escaped, lists are joined, `null` is nothing. */
export type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/**
 * Makes HTML. Attributes must be quoted by the template. The indentation of templates is left out; that of values stays.
 * It is not called `html`, for formatters would then put spaces into elements that keep them.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const pieces = strings.map((string) => string.replaceAll(/\n\s+/gu, "\n"));
  return new Html(pieces.map((piece, at) => piece + (at < values.length ? written(values[at] ?? null) : "")).join(""));
}

function written(value: HtmlValue): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(written).join("");
  return escaped(typeof value === "number" ? String(value) : forReaders(value));
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text: string): string => text.replaceAll(/[&<>"']/gu, (found) => ENTITIES[found] ?? "");

/**
 * Controls that pages have no use for, marks that turn the direction of what stands beside them, and halves of characters are
 * written as codes. Invisible characters that scripts and emoji need stay.
 */
function forReaders(text: string): string {
  if (/^[\n\t -~]*$/u.test(text)) return text;
  return text
    .replaceAll(/\r\n?/gu, "\n")
    .replaceAll(deceiving(), (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`);
}

const deceiving = (): RegExp =>
  new RegExp(String.raw`(?![\n\t])[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E0FFF}]`, "gu");
