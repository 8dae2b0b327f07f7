/**
 * A scripted model service on the loopback address, for tests: `/NAME/v1/chat/completions` gives the next reply of
 * the script NAME. A script that has run out answers with status 400 and the code `script_exhausted`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ScriptedCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ScriptedMessage {
  readonly content?: string | null;
  readonly tool_calls?: readonly ScriptedCall[];
  readonly function_call?: { readonly name: string; readonly arguments: string };
  readonly finish_reason?: string;
}

/** A reply: a message, or one of the ways in which endpoints fail. */
export interface ScriptedReply extends ScriptedMessage {
  readonly choices?: readonly ScriptedMessage[];
  /** Answers of the older completion call. */
  readonly text?: string | readonly string[];
  /** Prompt and completion tokens; null leaves usage out. @default [10, 5] */
  readonly usage?: readonly [number, number] | null;
  /** @default the model of the request */
  readonly model?: string;
  readonly delay_ms?: number;
  readonly status?: number;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces; then `[DONE]`, unless `end` says otherwise. */
  readonly stream?: readonly ScriptedPiece[];
  /** What happens after the pieces: the connection breaks, or stays open and silent. @default "done" */
  readonly end?: "done" | "cut" | "stall";
  /** Sent exactly like this. */
  readonly raw?: string;
  readonly contentType?: string;
}

export interface ScriptedPiece {
  readonly delta?: Readonly<Record<string, unknown>>;
  readonly content?: string;
  readonly role?: string;
  readonly index?: number;
  readonly finish_reason?: string;
  readonly no_choices?: boolean;
  readonly usage?: Readonly<Record<string, number>>;
  /** Sent instead of a piece, as JSON. */
  readonly json?: unknown;
}

export interface RecordedRequest {
  readonly endpoint: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Base URL of a script. */
  base(endpoint: string): string;
  close(): Promise<void>;
}

/** Starts a server that plays the given scripts; a text is short for `{ content: text }`. */
export async function modelServer(scripts: Readonly<Record<string, readonly (string | ScriptedReply)[]>>): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const left = new Map(Object.entries(scripts).map(([name, replies]) => [name, [...replies]]));
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const [, endpoint = "", ...rest] = url.pathname.split("/");
    const body = JSON.parse(await readText(request)) as Record<string, unknown>;
    requests.push({ endpoint, path: `/${rest.join("/")}`, query: url.search.slice(1), headers: request.headers, body });
    const reply = left.get(endpoint)?.shift() ?? {
      status: 400,
      error: { code: "script_exhausted", message: "the script has run out" },
    };
    const number = (counts.get(endpoint) ?? 0) + 1;
    counts.set(endpoint, number);
    await send(response, typeof reply === "string" ? { content: reply } : reply, {
      endpoint,
      number,
      model: String(body["model"]),
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, requests, base: (endpoint) => `${url}/${endpoint}/v1`, close, [Symbol.asyncDispose]: close };
}

interface Place {
  readonly endpoint: string;
  readonly number: number;
  readonly model: string;
}

async function send(response: ServerResponse, reply: ScriptedReply, place: Place): Promise<void> {
  const { delay_ms, status, error, headers = {}, stream, raw, contentType = "application/json" } = reply;
  if (delay_ms !== undefined) await new Promise((resolve) => setTimeout(resolve, delay_ms));
  if (stream !== undefined) return sendStream(response, reply, place);
  response.writeHead(status ?? 200, { "content-type": contentType, ...headers });
  if (raw !== undefined) {
    response.write(raw);
    if (reply.end === "cut") response.destroy();
    else if (reply.end !== "stall") response.end();
    return;
  }
  const failure = { message: "scripted", type: "scripted_error", param: null, code: null, ...error };
  response.end(JSON.stringify(status === undefined && error === undefined ? completion(reply, place) : { error: failure }));
}

function sendStream(response: ServerResponse, { stream = [], end = "done", model }: ScriptedReply, place: Place): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  for (const piece of stream) response.write(`data: ${JSON.stringify(piece.json ?? chunk(piece, model, place))}\n\n`);
  if (end === "done") response.end("data: [DONE]\n\n");
  else if (end === "cut") setImmediate(() => response.destroy());
}

function chunk(piece: ScriptedPiece, model: string | undefined, place: Place): object {
  const { delta, index = 0, finish_reason, no_choices, usage, json: _json, ...rest } = piece;
  return {
    id: `chatcmpl-${place.endpoint}-${String(place.number)}`,
    object: "chat.completion.chunk",
    created: 1700000000,
    model: model ?? place.model,
    choices: no_choices === true ? [] : [{ index, delta: delta ?? rest, finish_reason: finish_reason ?? null }],
    ...(usage === undefined ? {} : { usage }),
  };
}

function completion(reply: ScriptedReply, { endpoint, number, model }: Place): object {
  const { text, choices = [reply], usage = [10, 5] } = reply;
  const head = { created: 1700000000, model: reply.model ?? model, ...(usage === null ? {} : { usage: tokens(usage) }) };
  if (text !== undefined) {
    const texts = typeof text === "string" ? [text] : text;
    const answers = texts.map((one, index) => ({
      index,
      text: one,
      logprobs: null,
      finish_reason: reply.finish_reason ?? "stop",
    }));
    return { id: `cmpl-${endpoint}-${String(number)}`, object: "text_completion", ...head, choices: answers };
  }
  const answers = choices.map((one, index) => ({
    index,
    message: message(one),
    finish_reason: reply.finish_reason ?? finishReason(one),
  }));
  return { id: `chatcmpl-${endpoint}-${String(number)}`, object: "chat.completion", ...head, choices: answers };
}

const tokens = ([prompt, answer]: readonly [number, number]): object => ({
  prompt_tokens: prompt,
  completion_tokens: answer,
  total_tokens: prompt + answer,
});

function message({ content = null, tool_calls, function_call }: ScriptedMessage): object {
  const calls = tool_calls?.map(({ id, ...called }) => ({
    ...(id === undefined ? {} : { id }),
    type: "function",
    function: called,
  }));
  return {
    role: "assistant",
    content,
    ...(calls === undefined ? {} : { tool_calls: calls }),
    ...(function_call === undefined ? {} : { function_call }),
  };
}

function finishReason({ tool_calls, function_call }: ScriptedMessage): string {
  if (tool_calls !== undefined) return "tool_calls";
  return function_call === undefined ? "stop" : "function_call";
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}
