/** Requests of servers for a model: who answers them, and within which bounds. */
import {
  AutogenError,
  callFunction,
  callTools,
  contentText,
  executeCode,
  type ContentPart,
  type ConversableAgent,
  type MessageDraft,
  type ModelCaller,
  type Run,
} from "../../core.js";

/** One block of a message of the protocol. */
interface Block {
  readonly type: string;
  readonly text?: unknown;
  readonly data?: unknown;
  readonly mimeType?: unknown;
}

interface WireMessage {
  readonly role: "user" | "assistant";
  readonly content: Block | readonly Block[];
}

/** What comes in, as far as it is read. */
interface WireRequest {
  readonly messages: readonly WireMessage[];
  readonly maxTokens: number;
  readonly systemPrompt?: string | undefined;
  readonly temperature?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
}

/** What goes out. */
interface WireAnswer {
  [more: string]: unknown;
  role: "assistant";
  model: string;
  content: { type: "text"; text: string };
  stopReason: "endTurn";
}

/** What a server asks of a model. */
export interface McpSamplingRequest {
  readonly server: string;
  readonly messages: readonly MessageDraft[];
  /** Written by the server; null when it has none. */
  readonly systemPrompt: string | null;
  /** At most as many as the settings allow. */
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly stopSequences?: readonly string[];
}

/** What whoever answers is told besides the request. */
export interface McpSamplingContext {
  readonly signal: AbortSignal;
  /** The run of the tool call that the server is busy with; null for a call outside of a run. */
  readonly run: Run | null;
}

/** Answers with a text. */
export type McpSamplingFunction = (request: McpSamplingRequest, context: McpSamplingContext) => string | Promise<string>;

/** Who answers when a server asks for a model, and how often it may. */
export interface McpSampling {
  /**
   * An agent answers with its own system message, and runs neither tools nor code; an `OpenAIWrapper` is asked as the
   * server says; a function does what it likes.
   */
  readonly by: Pick<ConversableAgent, "name" | "generateReply"> | ModelCaller | McpSamplingFunction;
  /** Asked for each request; false refuses it. @default all are answered */
  readonly approve?: (request: McpSamplingRequest) => boolean | Promise<boolean>;
  /** Most tokens of an answer. @default 1000 */
  readonly maxTokens?: number;
  /** Most requests during one tool call. @default 10 */
  readonly maxRequests?: number;
}

/** The tool call that a request of a server belongs to. */
export interface CallUnderWay {
  readonly run: Run | null;
  readonly signal: AbortSignal;
  /** Requests of the server so far. */
  requests: number;
}

/**
 * Answers one request. A server may ask only while a call of ours is under way: an idle one has nothing to ask for, and
 * what it asks would belong to no chat, no budget and no signal.
 *
 * @throws AutogenError, which the server is told
 */
export async function answerSampling(
  server: string,
  { by, approve = () => true, maxTokens = 1000, maxRequests = 10 }: McpSampling,
  params: WireRequest,
  call: CallUnderWay | undefined,
): Promise<WireAnswer> {
  if (call === undefined) throw refusal("Sampling is answered during tool calls only.");
  call.requests += 1;
  if (call.requests > maxRequests) throw refusal(`At most ${String(maxRequests)} sampling requests are answered in one call.`);
  const { systemPrompt = null, temperature, stopSequences } = params;
  const request: McpSamplingRequest = {
    server,
    messages: params.messages.map(draftOf),
    systemPrompt,
    maxTokens: Math.min(params.maxTokens, maxTokens),
    ...(temperature === undefined ? {} : { temperature }),
    ...(stopSequences === undefined ? {} : { stopSequences }),
  };
  if (!(await approve(request))) throw refusal("The request was refused.");
  // What the server does not wait for any more is not paid for.
  const run = call.run?.child("sampling", { signal: call.signal }) ?? null;
  const text = await answered(by, request, { signal: call.signal, run });
  return { role: "assistant", model: nameOf(by), content: { type: "text", text }, stopReason: "endTurn" };
}

const refusal = (text: string): AutogenError => new AutogenError("unsupported", text);

async function answered(by: McpSampling["by"], request: McpSamplingRequest, context: McpSamplingContext): Promise<string> {
  if (typeof by === "function") return await by(request, context);
  return "generateReply" in by ? await askAgent(by, request, context) : await askModel(by, request, context);
}

/** The protocol wants a name of whoever answered. */
const nameOf = (by: McpSampling["by"]): string => ("generateReply" in by ? by.name : "model");

/** Code and calls in the words of a server must not be run by the agent that only lends its model. */
const NOT_RUN = [callFunction, callTools, executeCode];

async function askAgent(
  agent: Pick<ConversableAgent, "generateReply">,
  { messages, systemPrompt }: McpSamplingRequest,
  { run }: McpSamplingContext,
): Promise<string> {
  const asked = systemPrompt === null ? messages : [{ role: "user", content: systemPrompt }, ...messages];
  const reply = await agent.generateReply({ messages: asked, exclude: NOT_RUN, ...(run === null ? {} : { run }) });
  return typeof reply === "string" ? reply : contentText(reply?.content ?? null);
}

async function askModel(
  model: ModelCaller,
  { server, messages, systemPrompt, maxTokens, temperature, stopSequences }: McpSamplingRequest,
  { run, signal }: McpSamplingContext,
): Promise<string> {
  const response = await model.create({
    messages: systemPrompt === null ? messages : [{ role: "system", content: systemPrompt }, ...messages],
    max_tokens: maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(stopSequences === undefined ? {} : { stop: stopSequences }),
    agent: `mcp:${server}`,
    ...(run === null ? { signal } : { run }),
  });
  const [answer = null] = model.extractTextOrCompletionObject(response);
  return typeof answer === "string" ? answer : contentText(answer?.content ?? null);
}

/** A message of the protocol as one of ours. */
export function draftOf({ role, content }: WireMessage): MessageDraft {
  const blocks: readonly Block[] = "type" in content ? [content] : content;
  const parts = blocks.map(partOf);
  const [first] = parts;
  return { role, content: parts.length === 1 && first?.type === "text" ? contentText(parts) : parts };
}

function partOf({ type, text, data, mimeType }: Block): ContentPart {
  if (type === "text" && typeof text === "string") return { type, text };
  if (type === "image" && typeof data === "string" && typeof mimeType === "string") {
    return { type: "image_url", image_url: { url: `data:${mimeType};base64,${data}` } };
  }
  return { type: "text", text: `[A block of the kind ${type}, which is not passed on]` };
}
