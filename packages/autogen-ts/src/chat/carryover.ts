/**
 * Carryover: text handed from finished chats to the first message of a new one.
 * Specification chapter 10, section 6.4.
 */
import type { ContentPart, MessageDraft } from "../message/index.js";
import { AutogenError } from "../run/index.js";

/**
 * Appends `carryover` under a `Context:` line. The message passed in is not changed.
 *
 * @param carryover a text, or a list whose items are texts, objects with `content`, or anything else (as JSON, D10-8)
 * @returns the same message when there is nothing to add, or when its content is null
 * @throws AutogenError `invalid-option` for a message or carryover of another type
 */
export function withCarryover(message: string | MessageDraft, carryover: unknown): string | MessageDraft {
  if (typeof message !== "string" && (typeof message !== "object" || message === null)) {
    throw new AutogenError(
      "invalid-option",
      `The first message is of type ${typeof message}. Pass a text, an object with \`content\`, or a function.`,
    );
  }
  if (carryover === undefined || carryover === null || carryover === "" || (Array.isArray(carryover) && carryover.length === 0))
    return message;
  const context = `\nContext: \n${carryoverText(carryover)}`;
  if (typeof message === "string") return message + context;
  const { content } = message;
  if (typeof content === "string") return { ...message, content: content + context };
  if (Array.isArray(content)) {
    const parts: readonly ContentPart[] = content;
    return { ...message, content: [{ type: "text", text: context }, ...parts] };
  }
  return message;
}

/** The items as they are shown, one per line. */
export function carryoverText(carryover: unknown): string {
  if (typeof carryover === "string") return carryover;
  if (!Array.isArray(carryover)) {
    throw new AutogenError(
      "invalid-option",
      `\`carryover\` is of type ${carryover === null ? "null" : typeof carryover}. Pass a text, or a list of texts and summaries.`,
    );
  }
  return carryover.map(itemText).join("\n");
}

function itemText(item: unknown): string {
  if (typeof item === "string") return item;
  if (typeof item === "object" && item !== null && "content" in item) {
    const { content } = item;
    return typeof content === "string" ? content : jsonText(content);
  }
  return jsonText(item);
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    throw new AutogenError("invalid-option", "An item of `carryover` is no JSON. Pass texts and summaries.", { cause: error });
  }
}
