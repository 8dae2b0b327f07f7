/**
 * The console layout: a subscriber that prints events the way people of the reference know.
 * Specification chapter 10, section 5. The only place that turns events into text.
 */
import {
  contentText,
  functionCallOf,
  toolCallsOf,
  type FunctionCall,
  type Json,
  type Message,
  type ToolCall,
  type ToolResponse,
} from "../message/index.js";
import { visibleText, type RunEvent, type Subscriber } from "../run/index.js";
import { painter, type Paint } from "./paint.js";
import { printGroupEvent } from "./group-printer.js";
import { printBanner } from "./queue-printer.js";
import type { OutputStream } from "./stream.js";

/** What a printer leaves out. */
export interface PrinterOptions {
  /** Whether answers from a cache are remarked on. @default true */
  readonly notes?: boolean;
}

/**
 * Prints a run to `stream`: messages unless they are silent, and what agents do. Text that streams in from a
 * model is printed as it comes; the message made of it is then printed as usual, as in the reference. A stream that
 * takes events gets each of them before its text.
 */
export function consolePrinter(stream: OutputStream, { notes = true }: PrinterOptions = {}): Subscriber {
  const paint = painter(stream);
  let streaming = false;
  /** What is printed next starts on a line of its own, also after a stream that broke off. */
  const endText = (): void => {
    if (!streaming) return;
    streaming = false;
    stream.print(stream.supportsColor === true ? "\u001B[0m\n" : "\n");
  };
  return function printEvent(event: RunEvent): void {
    stream.event?.(event);
    switch (event.type) {
      case "message.received":
        if (!event.silent) printMessage(stream, paint, event);
        return;
      case "reply.auto":
        stream.print(paint("red", "\n>>>>>>>> USING AUTO REPLY..."), { flush: true });
        return;
      case "human.empty":
        stream.print(paint("red", "\n>>>>>>>> NO HUMAN INPUT RECEIVED."), { flush: true });
        return;
      case "tool.start":
        stream.print(paint("magenta", `\n>>>>>>>> EXECUTING FUNCTION ${event.tool}...`), { flush: true });
        return;
      case "approval.ask":
        // A person at this stream is asked with the same words.
        if (event.by === "human") return;
        stream.print(
          paint(
            "yellow",
            `\n>>>>>>>> APPROVAL NEEDED for ${event.tool} (${visibleText(event.id)}):\n${shownArguments(event.args)}`,
          ),
          { flush: true },
        );
        return;
      case "approval.answer":
        if (event.by === "human") return;
        stream.print(paint("yellow", `\n>>>>>>>> ${event.approved ? "APPROVED" : "DENIED"}: ${event.tool}`), { flush: true });
        return;
      case "executor.chosen":
        if (!event.isolated) return;
        stream.print(paint("yellow", `\n>>>>>>>> ${event.reason}`), { flush: true });
        return;
      case "code.start":
        stream.print(paint("red", `\n>>>>>>>> ${announcement(event)}...`), { flush: true });
        return;
      case "llm.delta":
        if (event.silent) return;
        if (!streaming && stream.supportsColor === true) stream.print("\u001B[32m", { end: "" });
        streaming = true;
        stream.print(event.text, { end: "", flush: true });
        return;
      case "llm.end":
        if (notes && event.cached && !event.silent) stream.note?.(`${event.agent}: answer of ${event.model} from the cache`);
        endText();
        return;
      case "llm.failed":
        endText();
        return;
      case "messages.transformed":
        if (event.verbose) stream.print(paint("yellow", event.text), { flush: true });
        return;
      case "chats.next":
        if (!event.silent) printBanner(stream, paint, event);
        return;
      case "warning":
        stream.warn?.(event.text);
        return;
      default:
        printGroupEvent(stream, paint, event);
    }
  };
}

function announcement({ languages, block }: { readonly languages: readonly string[]; readonly block?: number }): string {
  const number = block === undefined ? "" : ` ${String(block)}`;
  return languages.length === 1
    ? `EXECUTING CODE BLOCK${number} (inferred language is ${String(languages[0])})`
    : `EXECUTING ${String(languages.length)} CODE BLOCKS (inferred languages are [${languages.join(", ")}])`;
}

interface Received {
  readonly from: string;
  readonly to: string;
  readonly message: Message;
  readonly text?: string;
}

function printMessage(stream: OutputStream, paint: Paint, { from, to, message, text }: Received): void {
  stream.print(`${paint("yellow", from)} (to ${to}):\n`, { flush: true });
  if ("tool_responses" in message && message.tool_responses !== undefined && message.tool_responses.length > 0) {
    for (const response of message.tool_responses) printMessage(stream, paint, { from, to, message: asMessage(response) });
    if (message.role === "tool") return;
  }
  printBody(stream, paint, message, text ?? contentText(message.content));
  stream.print(`\n${"-".repeat(80)}`, { flush: true });
}

/** Responses have the keys of the messages that they become. */
const asMessage = ({ role, ...rest }: ToolResponse): Message => ({ ...rest, role });

function printBody(stream: OutputStream, paint: Paint, message: Message, text: string): void {
  if (message.role === "tool" || message.role === "function") {
    const id = message.role === "tool" ? message.tool_call_id : message.name;
    const banner = `***** Response from calling ${message.role} (${id ?? "No id found"}) *****`;
    stream.print(paint("green", banner), { flush: true });
    stream.print(text, { flush: true });
    stream.print(paint("green", "*".repeat(banner.length)), { flush: true });
    return;
  }
  if (message.content !== null) stream.print(text, { flush: true });
  const call: Partial<FunctionCall> | undefined = functionCallOf(message);
  if (call !== undefined) {
    // Written by a model, here and below: any part may be missing.
    const { name, arguments: args } = call;
    printCall(stream, paint, `***** Suggested function call: ${name ?? "(No function name found)"} *****`, args);
  }
  for (const toolCall of toolCallsOf(message)) {
    const { id, function: called }: Partial<ToolCall> = toolCall;
    const { name, arguments: args }: Partial<FunctionCall> = called ?? {};
    const banner = `***** Suggested tool call (${id ?? "No tool call id found"}): ${name ?? "(No function name found)"} *****`;
    printCall(stream, paint, banner, args);
  }
}

function printCall(stream: OutputStream, paint: Paint, banner: string, text: string | undefined): void {
  stream.print(paint("green", banner), { flush: true });
  stream.print(`Arguments: \n${text ?? "(No arguments found)"}`, { flush: true });
  stream.print(paint("green", "*".repeat(banner.length)), { flush: true });
}

/** Written by a model: characters that terminals obey are shown as codes. */
const shownArguments = (args: Json): string => visibleText(JSON.stringify(args, null, 2));
