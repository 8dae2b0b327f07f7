/**
 * A model service without latency, for benchmarks: answers every request at once with the same text, or streams it in
 * as many pieces as `deltas` in the path says (`/deltas/10000/v1`), or calls the tool `add` before (`/tools/v1`). Below
 * `/peers/v1` it does what the request asks for: streams when told to, and calls the tool when one is offered. Runs in a process of its own.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(import.meta.url);

/** @returns {Promise<{ url: string, stop: () => void }>} */
export async function startModelServer() {
  const child = spawn(process.execPath, [FILE], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The model server ended with ${code}.`)));
    child.stdout.setEncoding("utf8").once("data", (text) => resolve(text.trim()));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

function serve() {
  let count = 0;
  const server = createServer((request, response) => {
    const { url = "" } = request;
    const looksAtBody = url.startsWith("/tools/") || url.startsWith("/peers/");
    let body = "";
    if (looksAtBody) request.setEncoding("utf8").on("data", (part) => (body += part));
    request.resume().on("end", () => {
      const id = `chatcmpl-${(count += 1)}`;
      const deltas = Number(/^\/deltas\/(\d+)\//.exec(url)?.[1] ?? 0);
      // The answer of a tool stands at the end of the second request.
      const calls = url.startsWith("/tools/") || body.includes('"tools":[{');
      const message = looksAtBody && calls && !body.includes('"tool_call_id"') ? CALLS : SAYING;
      if (deltas > 0) stream(response, id, { deltas });
      else if (url.startsWith("/peers/") && body.includes('"stream":true')) stream(response, id, { deltas: 1, message });
      else answer(response, id, message);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
  });
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const SAYING = { role: "assistant", content: "All right." };
const CALL = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1,"b":2}' } };
const CALLS = { role: "assistant", content: null, tool_calls: [CALL] };

function answer(response, id, message) {
  const choice = { index: 0, finish_reason: message === SAYING ? "stop" : "tool_calls", message };
  const body = JSON.stringify({ id, object: "chat.completion", created: 1, model: "bench", choices: [choice], usage: USAGE });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {string} id
 * @param {{ deltas: number, message?: typeof SAYING | typeof CALLS }} what
 */
function stream(response, id, { deltas, message }) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const piece = (choices, more = {}) =>
    `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created: 1, model: "bench", choices, ...more })}\n\n`;
  const delta = (part, /** @type {string | null} */ reason = null) => piece([{ index: 0, delta: part, finish_reason: reason }]);
  const parts =
    message === CALLS
      ? [delta({ role: "assistant", content: null, tool_calls: [{ index: 0, ...CALL }] })]
      : Array.from({ length: deltas }, () => delta({ content: message?.content ?? "word " }));
  parts.push(delta({}, message === CALLS ? "tool_calls" : "stop"), piece([], { usage: USAGE }), "data: [DONE]\n\n");
  response.end(parts.join(""));
}

if (process.argv[1] === FILE) serve();
