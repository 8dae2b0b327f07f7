import assert from "node:assert/strict";
import { test } from "vitest";
import { AssistantAgent, UserProxyAgent } from "../../../index.js";
import { scriptedModel } from "../../../features/testing/index.js";
import { connect, type TestClient } from "../../../../test/websocket-client.js";
import type { WebsocketOptions } from "./websocket-options.js";
import { IOWebsockets } from "./websockets.js";

const serve = async (
  onConnect: WebsocketOptions["onConnect"],
  options: Partial<WebsocketOptions> = {},
): ReturnType<typeof IOWebsockets.runServer> =>
  await IOWebsockets.runServer({ port: 0, protocol: "json", onConnect, onWarning: () => undefined, ...options });
const next = async (client: TestClient): Promise<Record<string, unknown>> => JSON.parse(await client.next());
const send = (client: TestClient, frame: unknown): void => client.send(JSON.stringify(frame));

test("IO-14 replies reach the question with their id; unknown ones are ignored", async () => {
  const answers: string[] = [];
  await using server = await serve(async (io) => {
    const questions = [io.input("1? "), io.input("2? ", { password: true, agent: "user" })];
    answers.push(...(await Promise.all(questions)));
    io.print("thanks", { end: "" });
  });
  const client = await connect(server.uri);
  const first = await next(client);
  const second = await next(client);
  assert.deepEqual(first, { type: "input-request", id: first["id"], prompt: "1? ", password: false, agent: null });
  assert.deepEqual(second, { type: "input-request", id: second["id"], prompt: "2? ", password: true, agent: "user" });
  for (const nonsense of ["no JSON", "null", "[]", '"input"', '{"type":"input"}', '{"type":"input","id":"none","text":"x"}']) {
    client.send(nonsense);
  }
  send(client, { type: "input", id: second["id"], text: 7 });
  send(client, { type: "output", id: second["id"], text: "x" });
  send(client, { type: "input", id: second["id"], text: "two" });
  send(client, { type: "input", id: second["id"], text: "too late" });
  send(client, { type: "input", id: first["id"], text: "one" });
  assert.deepEqual(
    [await next(client), await next(client)],
    [
      { type: "print", text: "thanks" },
      { type: "end", ok: true },
    ],
  );
  assert.equal((await client.closed).code, 1000);
  assert.deepEqual(answers, ["one", "two"]);
});

test("events come as frames, each before its text", async () => {
  await using server = await serve(async (_io, { signal }) => {
    const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
    const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello").llmConfig });
    await user.initiateChat(bot, { message: "hi", signal });
  });
  const client = await connect(server.uri);
  const kinds: string[] = [];
  for (let frame = await next(client); frame["type"] !== "end"; frame = await next(client)) {
    const event = frame["event"] as { type: string } | undefined;
    const kind = event?.type ?? String(frame["type"]);
    if (kind !== kinds.at(-1)) kinds.push(kind);
    if (frame["type"] === "input-request") send(client, { type: "input", id: frame["id"], text: "exit" });
  }
  const [opening, reply] = [
    ["message.received", "print"],
    ["llm.start", "llm.end", "message.received", "print"],
  ];
  assert.deepEqual(
    kinds.filter((kind) => !kind.startsWith("effect.")),
    ["chat.start", ...opening, ...reply, "human.ask", "input-request", "human.answer", "chat.end"],
  );
});

test("events can be left out, a failure shows at the end, and a question that is given up is taken back", async () => {
  await using server = await serve(
    async (io) => {
      io.event?.({ type: "warning", code: "x", text: "y", seq: 0, path: "run", silent: false });
      await io.input("? ", { timeoutMs: 1 });
    },
    { events: false },
  );
  const { unread } = await (await connect(server.uri)).closed;
  const frames = unread.map((frame) => JSON.parse(frame));
  assert.deepEqual(
    frames.map(({ type, ok }) => [type, ok]),
    [
      ["input-request", undefined],
      ["input-cancel", undefined],
      ["end", false],
    ],
  );
  assert.equal(frames[0].id, frames[1].id);
});
