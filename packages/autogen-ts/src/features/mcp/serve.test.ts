import assert from "node:assert/strict";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { test } from "vitest";
import { AssistantAgent, defineTool, initiateChat, registerFunction, UserProxyAgent } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { connectMcp, serveMcp, type McpChat, type McpServer } from "./index.js";

type Mode = "legacy" | "auto";

/** The official client, connected to a server of ours. */
async function clientOf(server: McpServer, mode: Mode = "legacy"): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${String(server.token)}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url ?? ""), { requestInit: { headers } }));
  return client;
}

const textsOf = (result: { readonly content: readonly { readonly type: string }[] }): readonly string[] =>
  result.content.map((block) => ("text" in block ? String(block.text) : block.type));

/** Says what it was told, and how often in this conversation. */
function echo(): McpChat {
  const counts = new Map<string, number>();
  return {
    name: "echo",
    description: "Repeats",
    reply(message, { session }) {
      counts.set(session, (counts.get(session) ?? 0) + 1);
      return `${message} ${String(counts.get(session))}`;
    },
  };
}

for (const mode of ["legacy", "auto"] as const) {
  test(`INTEG-08 the official client (${mode}) calls an agent; two conversations do not mix`, async () => {
    const model = scriptedModel("Hello Ann.", "Hello Bob.", "You are Ann.");
    const agent = new AssistantAgent({ name: "helper", description: "Helps people", llmConfig: model.llmConfig });
    await using server = await serveMcp(agent, { port: 0 });
    const client = await clientOf(server, mode);
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, description, inputSchema }) => [name, description, inputSchema.required]),
      [["helper", "Helps people", ["message"]]],
    );
    const ann = await client.callTool({ name: "helper", arguments: { message: "I am Ann." } });
    const bob = await client.callTool({ name: "helper", arguments: { message: "I am Bob." } });
    const { session, reply } = ann.structuredContent as { session: string; reply: string };
    assert.equal(reply, "Hello Ann.");
    assert.deepEqual(textsOf(ann), ["Hello Ann.", `[To go on with this conversation, pass session "${session}".]`]);
    assert.notEqual((bob.structuredContent as { session: string }).session, session);
    const again = await client.callTool({ name: "helper", arguments: { message: "Who am I?", session } });
    assert.equal(textsOf(again)[0], "You are Ann.");
    const sent = model.requests[2]?.["messages"] as readonly { readonly content: string }[] | undefined;
    assert.deepEqual(
      sent?.slice(1).map(({ content }) => content),
      ["I am Ann.", "Hello Ann.", "Who am I?"],
    );
    await client.close();
  });

  test(`cancelling a call (${mode}) reaches the chat, and closing the server ends the others`, async () => {
    const events: string[] = [];
    let begun: () => void = () => undefined;
    let aborted: () => void = () => undefined;
    const slow: McpChat = {
      name: "slow",
      description: "Takes long",
      reply: async (message, { signal }) => {
        begun();
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        events.push(`${message} aborted`);
        aborted();
        signal.throwIfAborted();
        return "";
      },
    };
    const server = await serveMcp(slow, { port: 0 });
    const client = await clientOf(server, mode);
    const stop = new AbortController();
    const started = new Promise<void>((resolve) => (begun = resolve));
    const ended = new Promise<void>((resolve) => (aborted = resolve));
    const call = client.callTool({ name: "slow", arguments: { message: "one" } }, { signal: stop.signal });
    call.catch(() => undefined); // looked at below
    await started;
    stop.abort();
    await assert.rejects(call);
    await ended;
    const second = new Promise<void>((resolve) => (begun = resolve));
    const other = client.callTool({ name: "slow", arguments: { message: "two" } });
    other.catch(() => undefined); // looked at below
    await second;
    await server.close();
    await assert.rejects(other);
    assert.deepEqual(events, ["one aborted", "two aborted"]);
    await client.close();
  });
}

test("an agent runs its own tools before it answers; messages are progress of the call", async () => {
  const call = { tool_calls: [{ id: "1", type: "function" as const, function: { name: "add", arguments: '{"a":40,"b":2}' } }] };
  const agent = new AssistantAgent({ name: "helper", llmConfig: scriptedModel(call, "It is 42.").llmConfig });
  const add = defineTool({
    name: "add",
    description: "Adds",
    parameters: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
    execute: ({ a, b }: { a: number; b: number }) => a + b,
  });
  registerFunction(add, { caller: agent, executor: agent });
  await using server = await serveMcp(agent, { port: 0 });
  const client = await clientOf(server);
  const progress: (string | undefined)[] = [];
  const onprogress = ({ message }: { readonly message?: string | undefined }): void => void progress.push(message);
  const result = await client.callTool({ name: "helper", arguments: { message: "40+2?" } }, { onprogress });
  assert.equal(textsOf(result)[0], "It is 42.");
  assert.deepEqual(progress.slice(0, 3), ["mcp_client: 40+2?", "helper: ", "mcp_client: 42"]);
  await client.close();
});

test("any chat is served by a function; what it throws is an error for the client", async () => {
  const warnings: string[] = [];
  const pair: McpChat = {
    name: "pair",
    description: "Two agents",
    reply: async (message, { signal, stream, onEvent }) => {
      if (message === "fail") throw new Error("out of order");
      const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("Done. TERMINATE").llmConfig });
      const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
      return String((await initiateChat(user, bot, { message, signal, stream, onEvent })).summary);
    },
  };
  await using server = await serveMcp([pair, echo()], { port: 0, onWarning: (text) => void warnings.push(text) });
  await using client = await connectMcp({
    name: "ours",
    url: server.url ?? "",
    headers: { authorization: `Bearer ${String(server.token)}` },
  });
  assert.deepEqual(
    client.tools.map(({ name }) => name),
    ["ours__pair", "ours__echo"],
  );
  assert.deepEqual((await client.callTool("pair", { message: "go" })).text.split("\n")[0], "Done. ");
  const failed = await client.callTool("pair", { message: "fail" });
  assert.deepEqual([failed.ok, failed.text], [false, "The chat failed: out of order"]);
  assert.deepEqual(warnings, ["The chat of `pair` failed: out of order"]);
});

for (const [what, args, text] of [
  ["no message", {}, /`message` is missing/],
  ["a message that is no text", { message: 7 }, /`message` is missing/],
  ["too long a message", { message: "x".repeat(101) }, /longer than 100 characters/],
  ["a conversation that was never begun", { message: "hi", session: "guessed" }, /not known/],
] as const) {
  test(`bad input: ${what} is an error that the client's model can act on`, async () => {
    await using server = await serveMcp(echo(), { port: 0, maxMessageCharacters: 100 });
    const client = await clientOf(server);
    const result = await client.callTool({ name: "echo", arguments: args });
    assert.equal(result.isError, true);
    assert.match(textsOf(result)[0] ?? "", text);
    await client.close();
  });
}

interface Answer {
  readonly status: number;
  readonly session: string;
}

/** A request as any program can make it: with every header as it likes. */
function raw(
  server: McpServer,
  headers: Readonly<Record<string, string>>,
  body = "{}",
  method = "POST",
  path?: string,
): Promise<Answer> {
  const url = new URL(path ?? server.url ?? "", server.url ?? "");
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const session = String(response.headers["mcp-session-id"]);
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, session }));
    });
    sent.end(body);
  });
}

const initialize = JSON.stringify({
  ...{ jsonrpc: "2.0", id: 1, method: "initialize" },
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
});

test("clients need the token, a known host name and no foreign origin; a token in the address does not count", async () => {
  await using server = await serveMcp(echo(), { port: 0 });
  const authorization = `Bearer ${String(server.token)}`;
  assert.equal((await raw(server, { authorization }, initialize)).status, 200);
  assert.equal((await raw(server, {}, initialize)).status, 401);
  assert.equal((await raw(server, { authorization: "Bearer wrong" }, initialize)).status, 401);
  assert.equal((await raw(server, {}, initialize, "POST", `/mcp?token=${String(server.token)}`)).status, 401);
  assert.equal((await raw(server, { authorization, host: "evil.example:80" }, initialize)).status, 403);
  assert.equal((await raw(server, { authorization, origin: "https://evil.example" }, initialize)).status, 403);
  assert.equal((await raw(server, { authorization, origin: "http://localhost:5173" }, initialize)).status, 200);
  assert.equal((await raw(server, { authorization }, initialize, "POST", "/other")).status, 404);
});

test("bad input: bodies that are too large, no JSON, or no request are refused, and the server goes on", async () => {
  await using server = await serveMcp(echo(), { port: 0, maxBodyBytes: 1000 });
  const headers = { authorization: `Bearer ${String(server.token)}` };
  assert.equal((await raw(server, headers, "x".repeat(1001))).status, 413);
  assert.equal((await raw(server, { ...headers, "transfer-encoding": "chunked" }, "x".repeat(2000))).status, 413);
  for (const body of ["", "{", "null", "[]", "7", '{"jsonrpc":"2.0","id":1,"method":"tools/list"}']) {
    assert.equal((await raw(server, headers, body)).status, 400, body);
  }
  assert.equal(
    (await raw(server, { ...headers, "mcp-session-id": "unknown" }, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}')).status,
    404,
  );
  assert.equal((await raw(server, headers, initialize)).status, 200);
});

test("sessions are limited: the one that was quiet longest makes room", async () => {
  await using server = await serveMcp(echo(), { port: 0, maxSessions: 2 });
  const headers = { authorization: `Bearer ${String(server.token)}` };
  const list = '{"jsonrpc":"2.0","id":2,"method":"tools/list"}';
  const begin = async (): Promise<string> => (await raw(server, headers, initialize)).session;
  const ask = async (session: string): Promise<number> =>
    (await raw(server, { ...headers, "mcp-session-id": session }, list)).status;
  const [first, second] = [await begin(), await begin()];
  assert.deepEqual([await ask(first), await ask(second)], [200, 200]);
  const third = await begin();
  assert.deepEqual([await ask(first), await ask(second), await ask(third)], [404, 200, 200]);
});

test("chats at a time are limited, and the client is told", async () => {
  let end: () => void = () => undefined;
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const slow: McpChat = {
    name: "slow",
    description: "Takes long",
    reply: async () => {
      begun();
      await new Promise<void>((resolve) => (end = resolve));
      return "done";
    },
  };
  await using server = await serveMcp(slow, { port: 0, maxChats: 1 });
  const client = await clientOf(server);
  const first = client.callTool({ name: "slow", arguments: { message: "1" } });
  await started;
  const second = await client.callTool({ name: "slow", arguments: { message: "2" } });
  assert.deepEqual([second.isError, textsOf(second)], [true, ["The server is busy with other chats. Try again later."]]);
  end();
  assert.equal(textsOf(await first)[0], "done");
  await client.close();
});

for (const [what, served, options, message] of [
  ["nothing", [], {}, /nothing to serve/],
  ["two of one name", [echo(), echo()], {}, /Two that are served are called `echo`/],
  ["an illegal name", [{ ...echo(), name: "a b" }], {}, /`a b` cannot be served/],
  ["no token on an address that others reach", [echo()], { token: false, host: "0.0.0.0" }, /others can reach/],
  ["an empty token", [echo()], { token: "" }, /`token`/],
  ["an unknown transport", [echo()], { transport: "smoke" }, /`transport` is "smoke"/],
] as const) {
  test(`bad input: ${what} is refused before anything listens`, async () => {
    await assert.rejects(serveMcp(served, options as never), { code: "invalid-option", message });
  });
}

test("a port that is taken is an error that says what to do", async () => {
  await using server = await serveMcp(echo(), { port: 0 });
  const port = Number(new URL(server.url ?? "").port);
  await assert.rejects(serveMcp(echo(), { port }), {
    code: "invalid-option",
    message: /cannot listen on 127\.0\.0\.1.*another `port`/s,
  });
});

const PROGRAM = fileURLToPath(new URL("fixtures/stdio-agent.mjs", import.meta.url));

test("over standard input and output the official client calls an agent; what chats print stays out of the protocol", async () => {
  const client = new Client({ name: "test", version: "1" });
  const errors: Error[] = [];
  Object.assign(client, { onerror: (error: Error) => errors.push(error) });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM] }));
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ["helper", "loud"],
  );
  assert.equal(textsOf(await client.callTool({ name: "helper", arguments: { message: "hi" } }))[0], "Hello.");
  assert.equal(textsOf(await client.callTool({ name: "loud", arguments: { message: "hi" } }))[0], "Said. ");
  assert.deepEqual(errors, []);
  await client.close();
});
