/** What a message of a run file says, as text. Whatever is missing or of another form is left out. */
import type { Json } from "../../core.js";
import { isList, isObject } from "./stored-event.js";

/** A call that a message asks for. */
export interface StoredCall {
  readonly name: string;
  readonly args: string;
}

/** A part of a message. */
export type StoredPart =
  | { readonly kind: "text"; readonly text: string }
  /** Of a picture or anything else; `url` may lead anywhere. */
  | { readonly kind: "link"; readonly type: string; readonly url: string };

/** The parts of a message, in order. @param text the content of a template, filled in */
export function partsOf(message: Json | undefined, text: string): readonly StoredPart[] {
  if (text !== "") return [{ kind: "text", text }];
  const content = isObject(message) ? message["content"] : undefined;
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return isList(content) ? content.map(partOf) : [];
}

function partOf(part: Json): StoredPart {
  if (!isObject(part)) return { kind: "text", text: JSON.stringify(part) };
  const { type, text } = part;
  if (typeof text === "string") return { kind: "text", text };
  const named = typeof type === "string" ? type : "part";
  const value = part[named];
  const url = isObject(value) ? value["url"] : value;
  return typeof url === "string" ? { kind: "link", type: named, url } : { kind: "text", text: JSON.stringify(part) };
}

/** The tools that a message calls. */
export function callsOf(message: Json | undefined): readonly StoredCall[] {
  if (!isObject(message)) return [];
  const { tool_calls: calls, function_call: call } = message;
  const all = [...(isList(calls) ? calls.map((one) => (isObject(one) ? one["function"] : undefined)) : []), call];
  return all.filter(isObject).map(({ name, arguments: args }) => ({
    name: typeof name === "string" ? name : "",
    args: typeof args === "string" ? args : args === undefined ? "" : JSON.stringify(args),
  }));
}

/** In one line. */
export function messageLine(message: Json | undefined, text: string): string {
  const said = partsOf(message, text).map((part) => (part.kind === "text" ? part.text : `[${part.type}]`));
  const calls = callsOf(message).map(({ name, args }) => `calls ${name}(${args})`);
  return [...said, ...calls].join(" ");
}
