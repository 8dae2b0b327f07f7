/** Who speaks, as part of the text. Specification chapter 14, section 5 (D14-6). */
import { AutogenError, type Content, type ContentPart, type Message } from "../../core.js";
import { filterOf, type FilterOptions } from "./filter.js";
import { textsOf } from "./message-texts.js";
import type { MessageTransform, TransformLog } from "./transform.js";

/** Where the name goes and how it looks. */
export interface ContentNameOptions extends FilterOptions {
  /** @default "start" */
  readonly position?: "start" | "end";
  /** Holds `{name}`. @default "{name}:\n" */
  readonly formatString?: string;
  /** Leave texts alone that have the name there already. @default true */
  readonly deduplicate?: boolean;
}

/** Writes the `name` of a message into its text, for models that do not see names. Messages without a text stay as they are. */
export class TextMessageContentName implements MessageTransform {
  readonly #position: "start" | "end";
  readonly #format: string;
  readonly #deduplicate: boolean;
  readonly #isMeant: (message: Message) => boolean;

  /** @throws AutogenError `invalid-option` for another position, or a format without `{name}` */
  constructor(options: ContentNameOptions = {}) {
    const { position = "start", formatString = "{name}:\n", deduplicate = true } = options;
    if (position !== "start" && position !== "end")
      throw new AutogenError("invalid-option", `\`position\` is ${JSON.stringify(position)}. Pass "start" or "end".`);
    if (typeof formatString !== "string" || !formatString.includes("{name}"))
      throw new AutogenError("invalid-option", '`formatString` has no place for the name. Write `{name}` in it: "{name}: ".');
    if (typeof deduplicate !== "boolean") throw new AutogenError("invalid-option", "`deduplicate` is no boolean.");
    this.#position = position;
    this.#format = formatString;
    this.#deduplicate = deduplicate;
    this.#isMeant = filterOf(options);
  }

  applyTransform(messages: readonly Message[]): readonly Message[] {
    const changed = messages.map((message) => (this.#isMeant(message) ? this.#named(message) : message));
    return changed.every((message, index) => message === messages[index]) ? messages : changed;
  }

  getLogs(before: readonly Message[], after: readonly Message[]): TransformLog {
    const changed = after.filter((message, index) => message.content !== before[index]?.content).length;
    return changed === 0
      ? ["No messages changed to incorporate name.", false]
      : [`${String(changed)} message(s) changed to incorporate name.`, true];
  }

  #named(message: Message): Message {
    const { name, content } = message;
    if (name === undefined || name === null || name === "") return message;
    const texts = textsOf(content);
    if (texts.every((text) => text === "")) return message;
    // A function as replacement: `$` in a name means itself.
    const shown = this.#format.replaceAll("{name}", () => name);
    const atStart = this.#position === "start";
    const whole = texts.join("");
    if (this.#deduplicate && (atStart ? whole.startsWith(shown) : whole.endsWith(shown))) return message;
    return { ...message, content: withName(content, shown, atStart) };
  }
}

function withName(content: Content | null, shown: string, atStart: boolean): Content | null {
  if (typeof content === "string") return atStart ? shown + content : content + shown;
  if (!Array.isArray(content)) return content;
  const part: ContentPart = { type: "text", text: shown };
  const parts: readonly ContentPart[] = content;
  return atStart ? [part, ...parts] : [...parts, part];
}
