import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { test } from "vitest";
import { isAutogenError, OpenAIWrapper, type ConfigEntry } from "../../../index.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const ANSWER = JSON.stringify({
  id: "c-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "grüße" } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** Gives `use` a wrapper for a server, and the number of connections that were made to it. */
async function withServer(
  handler: Handler,
  use: (scene: { readonly wrapper: OpenAIWrapper; readonly server: Server; readonly connections: () => number }) => Promise<void>,
  options: ConfigEntry = {},
): Promise<void> {
  let connections = 0;
  const server = createServer(handler).on("connection", () => (connections += 1));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It is listening on a port.
  const { port } = server.address() as AddressInfo;
  const entry: ConfigEntry = {
    model: "m",
    api_key: "k",
    base_url: `http://127.0.0.1:${String(port)}/v1`,
    price: [0, 0],
    max_retries: 0,
    ...options,
  };
  const wrapper = new OpenAIWrapper({ config_list: [entry], cache_seed: null });
  try {
    await use({ wrapper, server, connections: () => connections });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const ask = async (wrapper: OpenAIWrapper, options: object = {}): Promise<unknown> => {
  const response = await wrapper.create({ messages: [{ role: "user", content: "hi" }], ...options });
  return wrapper.extractTextOrCompletionObject(response)[0];
};

const json: Handler = (request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
};

test("a request is sent in one piece, with its length in bytes", async () => {
  const sent: unknown[] = [];
  const handler: Handler = (request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      const { messages } = JSON.parse(body.toString()) as { readonly messages: unknown };
      sent.push(messages, request.headers["content-length"] === String(body.length), request.headers.authorization);
      json(request, response);
    });
  };
  const messages = [{ role: "user", content: "grüße 漢字 🎉" }];
  await withServer(handler, async ({ wrapper }) => {
    await ask(wrapper, { messages });
  });
  assert.deepEqual(sent, [messages, true, "Bearer k"]);
});

const COMPRESSIONS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
for (const [encoding, compress] of Object.entries(COMPRESSIONS)) {
  test(`an answer that is compressed by ${encoding} is read`, async () => {
    const handler: Handler = (request, response) => {
      assert.match(String(request.headers["accept-encoding"]), new RegExp(`\\b${encoding}\\b`));
      response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding }).end(compress(ANSWER));
    };
    await withServer(handler, async ({ wrapper }) => {
      assert.equal(await ask(wrapper), "grüße");
    });
  });
}

test("a compressed answer that is cut is a broken connection", async () => {
  const handler: Handler = (_request, response) => {
    const whole = gzipSync(ANSWER);
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(whole.subarray(0, whole.length - 12));
  };
  await withServer(handler, async ({ wrapper }) => {
    await assert.rejects(ask(wrapper), (error) => {
      assert.ok(isAutogenError(error, "model-failed"));
      assert.match(error.message, /broke off its answer/);
      return true;
    });
  });
});

test("one connection serves answers, streams and failures one after another", async () => {
  let asked = 0;
  const handler: Handler = (request, response) => {
    request.resume();
    asked += 1;
    if (asked % 3 === 0) response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"no"}}');
    else if (asked % 3 === 1) response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    else {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"id":"s","model":"m","choices":[{"index":0,"delta":{"content":"str"}}]}\n\n');
      response.end(
        'data: {"id":"s","model":"m","choices":[{"index":0,"delta":{"content":"eam"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
    }
  };
  await withServer(handler, async ({ wrapper, connections }) => {
    for (let round = 0; round < 4; round += 1) {
      assert.equal(await ask(wrapper), "grüße");
      assert.equal(await ask(wrapper, { stream: true }), "stream");
      await assert.rejects(ask(wrapper), /400 no/);
    }
    assert.equal(connections(), 1);
  });
});

for (const stream of [false, true]) {
  test(`an abort in the middle of ${stream ? "a stream" : "an answer"} ends the connection`, async () => {
    const stop = new AbortController();
    let closed: Promise<unknown> = Promise.resolve();
    const handler: Handler = (request, response) => {
      closed = new Promise((resolve) => request.socket.on("close", resolve));
      response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
      response.write(stream ? 'data: {"id":"s","model":"m","choices":[{"index":0,"delta":{"content":"str"}}]}\n\n' : '{"id"');
      response.write("", () => stop.abort());
    };
    await withServer(handler, async ({ wrapper }) => {
      await assert.rejects(ask(wrapper, { stream, signal: stop.signal }), (error) => isAutogenError(error, "aborted"));
      await closed;
    });
  });
}

test("a redirect is followed", async () => {
  const handler: Handler = (request, response) => {
    if (request.url === "/v1/chat/completions") response.writeHead(307, { location: "/v2/chat" }).end();
    else json(request, response);
  };
  await withServer(handler, async ({ wrapper }) => {
    assert.equal(await ask(wrapper), "grüße");
  });
});

test("a server that is not there is named with the reason", async () => {
  await withServer(json, async ({ wrapper, server }) => {
    server.close();
    await once(server, "close");
    await assert.rejects(ask(wrapper), /could not be reached: connect ECONNREFUSED/);
  });
});

test("a `fetch` that was put in the place of Node's gets the requests, as does that of an entry", async () => {
  const original = globalThis.fetch;
  const asked: string[] = [];
  const recording =
    (name: string): typeof fetch =>
    (input, init) => {
      asked.push(name);
      return original(input, init);
    };
  await withServer(
    json,
    async ({ wrapper }) => {
      await ask(wrapper);
    },
    { fetch: recording("entry") },
  );
  globalThis.fetch = recording("global");
  try {
    await withServer(json, async ({ wrapper }) => {
      await ask(wrapper);
    });
  } finally {
    globalThis.fetch = original;
  }
  assert.deepEqual(asked, ["entry", "global"]);
});

test("a dispatcher other than Node's own keeps its requests", async () => {
  const name = Symbol.for("undici.globalDispatcher.1");
  const before: unknown = Reflect.get(globalThis, name);
  const routes: string[] = [];
  class ProxyAgent {
    dispatch({ path }: { readonly path: string }, handler: { onError?(error: Error): void }): boolean {
      routes.push(path);
      handler.onError?.(new Error("the proxy is closed"));
      return false;
    }
  }
  await withServer(json, async ({ wrapper }) => {
    Reflect.set(globalThis, name, new ProxyAgent());
    try {
      await assert.rejects(ask(wrapper), /the proxy is closed/);
    } finally {
      Reflect.set(globalThis, name, before);
    }
  });
  assert.deepEqual(routes, ["/v1/chat/completions"]);
});
