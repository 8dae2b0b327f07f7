import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "vitest";
import { AssistantAgent, IOStream, memoryStream, UserProxyAgent } from "../../../index.js";
import { scriptedModel } from "../../../features/testing/index.js";
import { modelServer } from "../../../../test/model-server.js";
import { program, start } from "../../../../test/programs.js";
import { rejection } from "../../../../test/pairs.js";
import { connect } from "../../../../test/websocket-client.js";
import type { WebsocketOptions } from "./websocket-options.js";
import type { WebsocketStream } from "./websocket-stream.js";
import { IOWebsockets, type WebsocketServer } from "./websockets.js";

/** A value that a callback gives to its test. */
function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

async function serve(
  onConnect: WebsocketOptions["onConnect"],
  options: Partial<WebsocketOptions> = {},
): Promise<WebsocketServer & { warnings: string[] }> {
  const warnings: string[] = [];
  const server = await IOWebsockets.runServer({ port: 0, onConnect, onWarning: (text) => warnings.push(text), ...options });
  return Object.assign(server, { warnings });
}

const frames = async (client: { next(): Promise<string> }, count: number): Promise<string[]> => {
  const found: string[] = [];
  while (found.length < count) found.push(await client.next());
  return found;
};

test("IO-08 the frames of print and input, and an answer as binary UTF-8", async () => {
  const answers: string[] = [];
  await using server = await serve(async (io) => {
    io.print("Hello");
    io.print(["a", "b"], { sep: "-", end: "" });
    answers.push(await io.input("May I?"), await io.input(), await io.input());
    io.print("Bye");
  });
  const client = await connect(server.uri);
  assert.deepEqual(await frames(client, 3), ["Hello\n", "a-b", "May I?"]);
  client.send("Yes");
  client.send(Buffer.from("Grüße 🌍"), true);
  client.send("");
  const { code, unread } = await client.closed;
  assert.deepEqual(answers, ["Yes", "Grüße 🌍", ""]);
  assert.deepEqual([code, unread], [1000, ["Bye\n"]]);
  assert.deepEqual(server.warnings, []);
});

test("IO-09 a client drives a whole chat: prompts come as frames, answers resume it", async () => {
  const model = scriptedModel("What else?", "Fine.");
  const histories: number[] = [];
  await using server = await serve(async (io, { signal }) => {
    const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
    const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
    const { chatHistory } = await user.initiateChat(bot, { message: await io.input(), signal });
    histories.push(chatHistory.length);
  });
  const client = await connect(server.uri);
  client.send("Hi");
  const untilPrompt = async (): Promise<string> => {
    for (let text = ""; ;) {
      const frame = await client.next();
      if (!frame.endsWith("\n")) return text;
      text += frame;
    }
  };
  const line = "-".repeat(80);
  assert.equal(await untilPrompt(), `user (to bot):\n\nHi\n\n${line}\nbot (to user):\n\nWhat else?\n\n${line}\n`);
  client.send("More");
  assert.equal(await untilPrompt(), `user (to bot):\n\nMore\n\n${line}\nbot (to user):\n\nFine.\n\n${line}\n`);
  client.send("exit");
  assert.equal((await client.closed).code, 1000);
  assert.deepEqual(histories, [4]);
});

test("IO-10 a callback that throws is a warning, and the next client is served", async () => {
  let count = 0;
  await using server = await serve((io) => {
    io.print("in");
    if (++count === 1) throw new Error("first one fails");
  });
  for (const expected of [1, 2]) {
    const client = await connect(server.uri);
    assert.equal(await client.next(), "in\n");
    assert.equal((await client.closed).code, 1000);
    assert.equal(count, expected);
  }
  assert.deepEqual(server.warnings, ["The callback of a WebSocket client failed: Error: first one fails"]);
});

test("IO-10 without a taker warnings go to the process's default stream", async () => {
  const console = memoryStream();
  const before = IOStream.getGlobalDefault();
  IOStream.setGlobalDefault(console);
  try {
    await using server = await IOWebsockets.runServer({ port: 0, onConnect: () => Promise.reject(new Error("no")) });
    await (
      await connect(server.uri)
    ).closed;
  } finally {
    IOStream.setGlobalDefault(before);
  }
  assert.deepEqual(console.warnings, ["The callback of a WebSocket client failed: Error: no"]);
});

test("IO-11 a client that vanishes during a question ends its chat, and nothing else", async () => {
  const asking = later<WebsocketStream>();
  const failed = later<unknown>();
  const bot = new AssistantAgent({ name: "bot", llmConfig: scriptedModel("hello", "hello again").llmConfig });
  const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  const cache = { get: () => Promise.resolve(null), set: () => Promise.resolve() };
  await using server = await serve(async (io) => {
    asking.resolve(io);
    try {
      await user.initiateChat(bot, { message: "hi", cache });
    } catch (error) {
      failed.resolve(error);
      throw error;
    }
  });
  const client = await connect(server.uri);
  while ((await client.next()).endsWith("\n"));
  client.socket.terminate();
  // The stream's signal aborts the run that prints to it (D15-3).
  assert.equal(((await failed.promise) as { code?: unknown }).code, "aborted");
  const io = await asking.promise;
  assert.equal(io.signal.aborted, true);
  assert.throws(() => io.print("x"), { code: "input-closed" });
  await assert.rejects(io.input("x"), { code: "input-closed" });

  const next = await connect(server.uri);
  while ((await next.next()).endsWith("\n"));
  next.send("exit");
  assert.equal((await next.closed).code, 1000);
  assert.ok(server.warnings[0]?.includes("close code 1006"), server.warnings[0]);
});

test("IO-11 the signal aborts a chat that asks nothing when its client leaves", async () => {
  const waiting = later<undefined>();
  const failed = later<unknown>();
  const model = scriptedModel(() => {
    waiting.resolve(undefined);
    return new Promise<string>(() => undefined);
  });
  await using server = await serve(async (_io, { signal }) => {
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
    failed.resolve(await rejection(user.initiateChat(bot, { message: "hi", signal })));
  });
  const client = await connect(server.uri);
  await waiting.promise;
  client.socket.close();
  assert.equal(((await failed.promise) as { code?: unknown }).code, "aborted");
});

describe("IO-12 closing a server", () => {
  test("waits for the callbacks that run", async () => {
    const server = await serve(async (io) => io.print(await io.input("? ")));
    const client = await connect(server.uri);
    await client.next();
    const closing = server.close();
    await assert.rejects(connect(server.uri));
    client.send("answer");
    assert.equal(await client.next(), "answer\n");
    assert.equal((await client.closed).code, 1000);
    await closing;
    await server.close();
  });

  test("aborts them when the limit is over", async () => {
    const failed = later<unknown>();
    const server = await serve(
      async (io) => {
        const failure = await rejection(io.input("? "));
        failed.resolve(failure);
        throw failure;
      },
      { closeTimeoutMs: 1 },
    );
    const client = await connect(server.uri);
    await client.next();
    await server.close();
    assert.equal(((await failed.promise) as { code?: unknown }).code, "input-closed");
    assert.deepEqual([(await client.closed).code, (await client.closed).reason], [1001, "the server ends"]);
    assert.equal(server.warnings.length, 1);
  });

  test("does not wait for a callback that ignores the abort", async () => {
    const server = await serve(() => new Promise<void>(() => undefined), { closeTimeoutMs: 1 });
    const client = await connect(server.uri);
    await server.close();
    assert.equal((await client.closed).code, 1001);
  });
});

test("closing does not wait for a `verifyClient` that never answers", async () => {
  const asked = later<undefined>();
  const server = await serve(() => undefined, {
    verifyClient: () => {
      asked.resolve(undefined);
      return new Promise<boolean>(() => undefined);
    },
  });
  const refused = assert.rejects(connect(server.uri));
  await asked.promise;
  await server.close();
  await refused;
});

test("IO-13 pieces of a model's answer arrive in order, each as a frame", async () => {
  const pieces = ["Once", " upon", " a", " time"];
  await using endpoint = await modelServer({ tale: [{ stream: pieces.map((content) => ({ content })) }] });
  await using server = await serve(async () => {
    const user = new UserProxyAgent({ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false });
    const config = { model: "m", api_key: "k", base_url: endpoint.base("tale") };
    const bot = new AssistantAgent({ name: "bot", llmConfig: { config_list: [config], stream: true, cache_seed: null } });
    await user.initiateChat(bot, { message: "Tell", maxTurns: 1 });
  });
  const { unread } = await (await connect(server.uri)).closed;
  const first = unread.indexOf("Once");
  assert.deepEqual(unread.slice(first, first + pieces.length), pieces);
});

test("IO-15 a stream set inside of one connection does not leak into another", async () => {
  const inside = later<undefined>();
  const goOn = later<undefined>();
  const own = memoryStream();
  await using server = await serve(async (io) => {
    if ((await io.input()) === "first") {
      await IOStream.withDefault(own, async () => {
        inside.resolve(undefined);
        await goOn.promise;
        IOStream.getDefault().print("to my own");
      });
    }
    assert.equal(IOStream.getDefault(), io);
    IOStream.getDefault().print("to my client");
  });
  const [first, second] = [await connect(server.uri), await connect(server.uri)];
  first.send("first");
  await inside.promise;
  second.send("second");
  assert.deepEqual((await second.closed).unread, ["to my client\n"]);
  goOn.resolve(undefined);
  assert.deepEqual((await first.closed).unread, ["to my client\n"]);
  assert.equal(own.text, "to my own\n");
  assert.deepEqual(server.warnings, []);
});

test("two servers serve their own clients", async () => {
  await using one = await serve((io) => io.print("one"));
  await using two = await serve((io) => io.print("two"));
  assert.deepEqual((await (await connect(two.uri)).closed).unread, ["two\n"]);
  assert.deepEqual((await (await connect(one.uri)).closed).unread, ["one\n"]);
});

test("with a key and a certificate the address begins with `wss:`", async () => {
  // A key for tests alone; nobody trusts its certificate.
  const file = async (name: string): Promise<Buffer> =>
    await readFile(new URL(`../../../../test/fixtures/localhost-${name}.pem`, import.meta.url));
  const [key, cert] = [await file("key"), await file("certificate")];
  await using server = await serve((io) => io.print("safe"), { ssl: { key, cert } });
  assert.match(server.uri, /^wss:\/\/127\.0\.0\.1:\d+\/\?token=/u);
  const client = await connect(server.uri, { ca: cert });
  assert.deepEqual((await client.closed).unread, ["safe\n"]);
});

test("without the package `ws` the error says what to install", async () => {
  await using serving = await program(`
    import { IOWebsockets } from "./platform/node/io/websockets.ts";
    await IOWebsockets.runServer({ port: 0, onConnect() {} }).catch((error) => console.log(error.code, error.message));
  `);
  const running = start(serving);
  assert.equal(await running.ended, 0, running.stderr);
  assert.equal(running.stdout, "missing-package The WebSocket server needs the package `ws`. Install it: `npm install ws`.\n");
});
