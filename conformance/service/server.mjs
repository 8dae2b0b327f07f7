/** The scripted model service: records each request as it arrives and gives the next reply of its endpoint. */
import { createServer } from "node:http";
import { answerBody, chunkBody, usageOf } from "./answers.mjs";

const EXHAUSTED = { status: 400, error: { code: "script_exhausted" } };

/**
 * @typedef {object} Service
 * @property {string} url
 * @property {{ endpoint: string, [key: string]: unknown }[]} requests in the form of `expected.requests`
 * @property {import("./answers.mjs").Served[]} served what the answers so far count as used; null where they do not say
 * @property {() => Record<string, number>} repliesLeft endpoints with unused replies
 * @property {() => Promise<void>} close
 */

/** @param {Readonly<Record<string, readonly any[]>>} endpoints @returns {Promise<Service>} */
export async function startService(endpoints) {
  const requests = [];
  /** @type {import("./answers.mjs").Served[]} */
  const served = [];
  const left = new Map(Object.entries(endpoints).map(([name, replies]) => [name, [...replies]]));
  const counts = new Map();

  const server = createServer((request, response) => {
    void serve(request, response).catch((error) => response.destroy(error));
  });
  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async function serve(request, response) {
    const url = new URL(request.url ?? "/", "http://service");
    const [, endpoint = "", ...rest] = url.pathname.split("/");
    const body = JSON.parse((await textOf(request)) || "{}");
    requests.push(recorded({ endpoint, path: `/${rest.join("/")}`, query: url.search.slice(1), headers: request.headers, body }));
    const reply = left.get(endpoint)?.shift() ?? EXHAUSTED;
    const number = (counts.get(endpoint) ?? 0) + 1;
    counts.set(endpoint, number);
    served.push(usageOf(reply, body.model));
    await send(response, typeof reply === "string" ? { content: reply } : reply, { endpoint, number, model: body.model });
  }

  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    served,
    repliesLeft: () =>
      Object.fromEntries([...left].filter(([, replies]) => replies.length > 0).map(([name, replies]) => [name, replies.length])),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Only what is not usual is noted. */
function recorded({ endpoint, path, query, headers, body }) {
  const auth = headers.authorization ?? (headers["api-key"] === undefined ? undefined : `api-key ${headers["api-key"]}`);
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-case-"));
  return {
    endpoint,
    ...(path === "/v1/chat/completions" ? {} : { path }),
    ...(query === "" ? {} : { query }),
    ...(auth === undefined || auth === "Bearer test-key" ? {} : { auth }),
    ...(own.length === 0 ? {} : { headers: Object.fromEntries(own) }),
    body,
  };
}

async function send(response, reply, place) {
  const { delay_ms, status, error, headers = {}, stream } = reply;
  if (delay_ms !== undefined) await new Promise((resolve) => setTimeout(resolve, delay_ms));
  if (stream !== undefined) {
    response.writeHead(200, { "content-type": "text/event-stream", ...headers });
    for (const piece of stream) response.write(`data: ${JSON.stringify(chunkBody(piece, reply, place))}\n\n`);
    response.end("data: [DONE]\n\n");
    return;
  }
  const failed = status !== undefined || error !== undefined;
  response.writeHead(status ?? (failed ? 400 : 200), { "content-type": "application/json", ...headers });
  const failure = { message: "scripted", type: "scripted_error", param: null, code: null, ...error };
  response.end(JSON.stringify(failed ? { error: failure } : answerBody(reply, place)));
}

async function textOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
