/**
 * A model service and a shop on the loopback address that answer by what they are asked alone, so that a conversation that
 * was interrupted must end like one that was not. They count who asked for what: `/ID/v1/chat/completions` and `/ID/do/KEY`.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request. */
export interface Asked {
  readonly run: string;
  /** Equal for equal requests: a hash of the body, or the key of the call. */
  readonly what: string;
  /** Of the answer of a model; `""` for the shop. */
  readonly answer: string;
}

export interface Stub extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Called after each request was counted, before it is answered. */
  onAsked: () => void;
}

export async function stub(): Promise<Stub> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => void answer(request, response));
  const service: Stub = {
    url: "",
    asked,
    onAsked: () => undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, run = "", kind = "", key = ""] = (request.url ?? "").split("/");
    const body = await readText(request);
    const id = `answer-${String(asked.length)}`;
    const isShop = kind === "do";
    asked.push({ run, what: isShop ? decodeURIComponent(key) : hash(body), answer: isShop ? "" : id });
    service.onAsked();
    if (isShop) await new Promise((resolve) => setTimeout(resolve, Number.parseInt(hash(key).slice(0, 2), 16) / 32));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(isShop ? { done: true } : completion(id, JSON.parse(body) as Request)));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(service, { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` });
}

interface Request {
  readonly model: string;
  readonly messages: readonly { readonly content?: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** A model called `chooser` names a speaker. One with tools calls the first of them at every second of its turns. */
function completion(id: string, { model, messages, tools = [] }: Request): object {
  const turn = messages.length;
  const tool = tools[0]?.function.name;
  const call = { id: `call-${String(turn)}`, type: "function", function: { name: tool, arguments: `{"item":${String(turn)}}` } };
  const seen = hash(JSON.stringify(messages));
  const said = model === "chooser" ? (seen < "8" ? "ann" : "bob") : `${model} says ${seen.slice(0, 8)} at ${String(turn)}`;
  const message = tool !== undefined && turn % 4 === 2 ? { content: null, tool_calls: [call] } : { content: said };
  const choice = { index: 0, finish_reason: "stop", message: { role: "assistant", ...message } };
  const usage = { prompt_tokens: turn, completion_tokens: 5, total_tokens: turn + 5 };
  return { id, object: "chat.completion", created: 1, model, choices: [choice], usage };
}

export const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}
