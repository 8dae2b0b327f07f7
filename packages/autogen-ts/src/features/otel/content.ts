/** What was said, in the form of the conventions; only when it is asked for, and without secrets. */
import type { Attributes } from "@opentelemetry/api";
import type { Json, ModelRequest, ModelResponse, Redactor } from "../../core.js";
import { NAMES } from "./names.js";

type JsonObject = { readonly [key: string]: Json };
interface Part {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Messages, instructions and tools of a request. */
export function requestContent({ body }: ModelRequest, redactor: Redactor): Attributes {
  const list = Array.isArray(body["messages"]) ? (body["messages"] as readonly Json[]).filter(isObject) : [];
  const [instructions, rest] = [list.filter(isInstruction), list.filter((message) => !isInstruction(message))];
  const text = (value: unknown): string => JSON.stringify(redactor.value(value));
  const { tools } = body;
  return {
    ...(instructions.length === 0 ? {} : { [NAMES.instructions]: text(instructions.flatMap(partsOf)) }),
    [NAMES.inputMessages]: text(rest.map((message) => ({ role: message["role"] ?? "user", parts: partsOf(message) }))),
    ...(Array.isArray(tools) ? { [NAMES.toolDefinitions]: text(tools.map(definition)) } : {}),
  };
}

/** The answers of a response. */
export function responseContent({ choices }: ModelResponse, redactor: Redactor): Attributes {
  const messages = choices.map(({ message, text = "", finish_reason: reason }) => ({
    role: "assistant",
    // A message has the keys that are read here, and is JSON.
    parts: message === undefined ? [{ type: "text", content: text }] : partsOf(message as unknown as JsonObject),
    finish_reason: reason ?? "",
  }));
  return { [NAMES.outputMessages]: JSON.stringify(redactor.value(messages)) };
}

const isInstruction = ({ role }: JsonObject): boolean => role === "system" || role === "developer";

function partsOf(message: JsonObject): readonly Part[] {
  const { role, content, tool_calls: calls, function_call: call, tool_call_id: id } = message;
  if (role === "tool" || role === "function") return [{ type: "tool_call_response", id: id ?? null, response: content ?? null }];
  const contents = Array.isArray(content)
    ? (content as readonly Json[])
    : content === undefined || content === null
      ? []
      : [content];
  const all = [...(Array.isArray(calls) ? (calls as readonly Json[]) : []), ...(isObject(call) ? [{ function: call }] : [])];
  return [...contents.map(contentPart), ...all.filter(isObject).map(callPart)];
}

function contentPart(part: Json): Part {
  if (!isObject(part)) return { type: "text", content: typeof part === "string" ? part : JSON.stringify(part) };
  const { type, text } = part;
  if (typeof text === "string") return { type: "text", content: text };
  return { ...part, type: typeof type === "string" ? type : "generic" };
}

function callPart({ id, function: called }: JsonObject): Part {
  const { name, arguments: args } = isObject(called) ? called : {};
  return { type: "tool_call", id: id ?? null, name: name ?? "", arguments: parsed(args) };
}

/** Arguments are JSON in a text, mostly. */
function parsed(args: Json | undefined): Json {
  if (typeof args !== "string") return args ?? null;
  try {
    return JSON.parse(args) as Json;
  } catch {
    return args;
  }
}

function definition(tool: Json): Json {
  const called = isObject(tool) ? tool["function"] : undefined;
  return isObject(called) ? { type: "function", ...called } : tool;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
