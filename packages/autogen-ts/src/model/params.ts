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
 * @throws AutogenError `invalid-option` when neither or both of `prompt` and `messages` are given, or one is of a wrong kind
 */
export function buildParams({ request, extra }: EffectiveOptions): Options {
  const { prompt, messages } = request;
  const hasPrompt = prompt !== undefined && prompt !== null;
  const hasMessages = messages !== undefined && messages !== null;
  if (hasPrompt === hasMessages) {
    const what = hasPrompt ? "Both `prompt` and `messages` are given" : "Neither `prompt` nor `messages` is given";
    throw new AutogenError("invalid-option", `${what}. Pass one of them.`);
  }
  checkExtra(extra);
  // Checked just now; both are only read.
  const context = (extra["context"] ?? null) as TemplateValues | null;
  const allowFormat = extra["allow_format_str_template"] === true;
  if (hasPrompt) {
    const { messages: _none, ...rest } = request;
    return { ...rest, prompt: fillIn(prompt as Content, context, allowFormat) };
  }
  if (!Array.isArray(messages))
    throw new AutogenError("invalid-option", "`messages` is no list. Pass a list of objects with `role` and `content`.");
  if (!messages.every((message) => typeof message === "object" && message !== null))
    throw new AutogenError(
      "invalid-option",
      "`messages` has something in it that is no object. Pass objects with `role` and `content`.",
    );
  const { prompt: _none, ...rest } = request;
  return { ...rest, messages: fillInAll(messages as readonly LooseMessage[], context, allowFormat) };
}

function checkExtra({ context, filter_func: filter }: Options): void {
  if (typeof (context ?? {}) !== "object")
    throw new AutogenError("invalid-option", "`context` is no object. Pass the values of templates by name: `{ name: value }`.");
  if (typeof (filter ?? checkExtra) !== "function")
    throw new AutogenError("invalid-option", "`filterFunc` is no function. Pass `({ context, response }) => boolean`.");
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
