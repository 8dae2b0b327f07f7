/**
 * A model service without latency, for benchmarks: answers every request at once with the same text, or streams it in
 * as many pieces as `deltas` in the path says (`/deltas/10000/v1`), or calls the tool `add` before (`/tools/v1`). Runs in a
 * process of its own.
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
    let calling = false;
    let body = "";
    if (request.url?.startsWith("/tools/") === true) {
      calling = true;
      // The answer of a tool stands at the end of the second request.
      request.setEncoding("utf8").on("data", (part) => (body += part));
    }
    request.resume().on("end", () => {
      const id = `chatcmpl-${(count += 1)}`;
      const deltas = Number(/^\/deltas\/(\d+)\//.exec(request.url ?? "")?.[1] ?? 0);
      if (calling && !body.includes('"tool_call_id"')) answer(response, id, CALLS);
      else if (deltas > 0) stream(response, id, deltas);
      else answer(response, id);
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

/** @param {unknown} [message] */
function answer(response, id, message = SAYING) {
  const choice = { index: 0, finish_reason: message === SAYING ? "stop" : "tool_calls", message };
  const body = JSON.stringify({ id, object: "chat.completion", created: 1, model: "bench", choices: [choice], usage: USAGE });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function stream(response, id, deltas) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const piece = (choices, more = {}) =>
    `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created: 1, model: "bench", choices, ...more })}\n\n`;
  const parts = Array.from({ length: deltas }, () => piece([{ index: 0, delta: { content: "word " }, finish_reason: null }]));
  parts.push(piece([{ index: 0, delta: {}, finish_reason: "stop" }]), piece([], { usage: USAGE }), "data: [DONE]\n\n");
  response.end(parts.join(""));
}

if (process.argv[1] === FILE) serve();
