import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "vitest";
import { connectMcp, type McpConnection } from "./index.js";

interface RpcRequest {
  readonly id?: number;
  readonly method: string;
}

/** A server that answers calls of its only tool as `answer` does. */
async function oddServer(
  answer: (response: ServerResponse, id: number) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const json = (response: ServerResponse, body: object): void => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const results: Readonly<Record<string, object>> = {
    initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "odd", version: "1" } },
    "tools/list": { tools: [{ name: "go", inputSchema: { type: "object" } }] },
  };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      if (request.method !== "POST") return void response.writeHead(405).end();
      const { id, method } = JSON.parse(text) as RpcRequest;
      if (id === undefined) return void response.writeHead(202).end();
      if (method === "tools/call") return answer(response, id);
      const result = results[method];
      return json(
        response,
        result === undefined ? { jsonrpc: "2.0", id, error: { code: -32_601, message: "no" } } : { jsonrpc: "2.0", id, result },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const connect = async (url: string): Promise<McpConnection> =>
  await connectMcp({
    ...{ name: "odd", url, timeoutMs: 300, protocol: "2025", onWarning: () => undefined },
    headers: { authorization: "Bearer sk-canary-123456" },
    limits: { messageBytes: 10_000 },
  });

for (const [what, answer, message] of [
  [
    "an answer that is too long",
    (response: ServerResponse, id: number) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "x".repeat(20_000) }] } }));
    },
    /more than 10000 bytes/,
  ],
  [
    "a stream without end in one message",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${"x".repeat(20_000)}`);
    },
    /did not answer in time|more than 10000 bytes/,
  ],
  [
    "an answer that is no JSON",
    (response: ServerResponse) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end("{no");
    },
    /could not do it/,
  ],
  ["an answer that never comes", () => undefined, /did not answer in time/],
  ["a connection that breaks", (response: ServerResponse) => response.destroy(), /could not do it/],
  [
    "an error that quotes the key",
    (response: ServerResponse) => {
      response.writeHead(500, { "content-type": "text/plain" });
      response.end("bad key sk-canary-123456");
    },
    /bad key \*\*\*/,
  ],
] as const) {
  test(`bad input: over HTTP ${what} fails the call, and the next one is made`, async () => {
    let odd = true;
    await using server = await oddServer((response, id) => {
      if (odd) return void answer(response, id);
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "well" }] } }));
    });
    await using connection = await connect(server.url);
    await assert.rejects(connection.callTool("go"), { code: "mcp-failed", message });
    odd = false;
    assert.equal((await connection.callTool("go")).text, "well");
  });
}

test("bad input: a password in the address is refused, and not shown", async () => {
  await assert.rejects(connectMcp({ name: "gone", url: "http://me:secret@127.0.0.1:1/mcp" }), (error: Error) => {
    assert.match(error.message, /holds a password. Pass it as `headers/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("a server that cannot be reached is named without its key", async () => {
  await assert.rejects(connectMcp({ name: "gone", url: "http://127.0.0.1:1/mcp?key=secret-key" }), (error: Error) => {
    assert.match(error.message, /^The MCP server `gone` at http:\/\/127\.0\.0\.1:1\/mcp could not be reached/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

for (const [status, header] of [
  [401, 'Bearer resource_metadata="/.well-known/oauth-protected-resource"'],
  [403, 'Bearer error="insufficient_scope", scope="all"'],
] as const) {
  test(`bad input: a server that wants OAuth (${String(status)}) is an error that says what to pass; nothing else is asked for`, async () => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? "");
      response.writeHead(status, { "www-authenticate": header }).end("no entry");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`;
    try {
      await assert.rejects(connectMcp({ name: "locked", url, onWarning: () => undefined }), {
        code: "mcp-failed",
        message:
          /^The MCP server `locked` at .* could not be reached: .* OAuth is not spoken here\. Get a token and pass it as `headers: \{ authorization \}`$/,
      });
      assert.ok(paths.length > 0);
      assert.deepEqual([...new Set(paths)], ["/mcp"]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
}
