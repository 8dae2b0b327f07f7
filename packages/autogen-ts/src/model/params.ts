/** The parameters of one request: templates filled in, exactly one of `prompt` and `messages`. Chapter 20, sections 4 and 5. */
import type { Content, TemplateValues } from "../message/index.js";
import { AutogenError } from "../run/index.js";
import type { EffectiveOptions } from "./merge.js";
import type { Options } from "./option-keys.js";
import { instantiate } from "./template.js";

interface LooseMessage {
  readonly content?: Content | null;
  readonly context?: unknown;
}

/**
 * Request parameters with templates filled in. Messages without anything to fill in are passed on uncopied.
 *
 * @throws AutogenError `invalid-option` when neither or both of `prompt` and `messages` are given
 */
export function buildParams({ request, extra }: EffectiveOptions): Options {
  const { prompt, messages } = request;
  const hasPrompt = prompt !== undefined && prompt !== null;
  const hasMessages = messages !== undefined && messages !== null;
  if (hasPrompt === hasMessages) {
    const what = hasPrompt ? "Both `prompt` and `messages` are given" : "Neither `prompt` nor `messages` is given";
    throw new AutogenError("invalid-option", `${what}. Pass one of them.`);
  }
  // Options come from outside; both are only read.
  const context = (extra["context"] ?? null) as TemplateValues | null;
  const allowFormat = extra["allow_format_str_template"] === true;
  if (hasPrompt) {
    const { messages: _none, ...rest } = request;
    return { ...rest, prompt: fillIn(prompt as Content, context, allowFormat) };
  }
  if (!Array.isArray(messages))
    throw new AutogenError("invalid-option", "`messages` is no list. Pass a list of objects with `role` and `content`.");
  const { prompt: _none, ...rest } = request;
  return { ...rest, messages: fillInAll(messages as readonly LooseMessage[], context, allowFormat) };
}

/** The same list when no message changes. */
function fillInAll(
  messages: readonly LooseMessage[],
  context: TemplateValues | null,
  allowFormat: boolean,
): readonly LooseMessage[] {
  if (!allowFormat && !messages.some(needsWork)) return messages;
  return messages.map((message) => {
    const { context: stored, ...rest } = message;
    const content =
      message.content === undefined || message.content === "" ? message.content : fillIn(message.content, context, allowFormat);
    if (content !== message.content) return { ...rest, content: content ?? null };
    return stored === undefined ? message : rest;
  });
}

const needsWork = ({ content, context }: LooseMessage): boolean => typeof content === "function" || context !== undefined;

/** A function cannot be sent: without values it is called with none. */
function fillIn(content: Content | null, context: TemplateValues | null, allowFormat: boolean): Content | null {
  const filled = instantiate(content, context, allowFormat) ?? null;
  return typeof filled === "function" ? filled(context ?? {}) : filled;
}
