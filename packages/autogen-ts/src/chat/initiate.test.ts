import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, rejection, texts } from "../../test/pairs.js";
import {
  chatOfError,
  ConversableAgent,
  isAutogenError,
  memoryStream,
  type Agent,
  type ModelUsage,
  type RunEvent,
  type ToolFunction,
} from "../index.js";

test("CONV-01 a chat of two: both histories, and a request of system message and history", async () => {
  const { user, bot, model, stream } = pair(["hello back"]);

  const result = await user.initiateChat(bot, { message: "hi", maxTurns: 1, stream });

  assert.deepEqual(result.chatHistory, [
    { content: "hi", role: "assistant", name: "user" },
    { content: "hello back", role: "user", name: "bot" },
  ]);
  assert.deepEqual(bot.chatMessages.get(user), [
    { content: "hi", role: "user", name: "user" },
    { content: "hello back", role: "assistant", name: "bot" },
  ]);
  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "system", content: "SYS" },
    { content: "hi", role: "user", name: "user" },
  ]);
  assert.equal(result.stopReason, "max-turns");
});

for (const [maxTurns, expected] of [
  [0, []],
  [1, ["m", "r1"]],
  [3, ["m", "r1", "", "r2", "", "r3"]],
] as const) {
  test(`CONV-08 maxTurns ${String(maxTurns)} gives ${String(2 * maxTurns)} messages`, async () => {
    const { user, bot, stream } = pair(["r1", "r2", "r3"]);

    const result = await user.initiateChat(bot, { message: "m", maxTurns, stream });

    assert.deepEqual(texts(result.chatHistory), expected);
    assert.equal(result.stopReason, "max-turns");
  });
}

test("CONV-08 the sender's termination check ends a chat between turns", async () => {
  const { user, bot, stream } = pair(["done. TERMINATE"]);

  const result = await user.initiateChat(bot, { message: "m", maxTurns: 3, stream });

  assert.deepEqual(texts(result.chatHistory), ["m", "done. TERMINATE"]);
  assert.equal(result.stopReason, "termination-message");
});

test("D10-17 the limit of automatic replies is a reason of its own", async () => {
  const { user, bot, stream } = pair(["r1", "r2"], { maxConsecutiveAutoReply: 1 });

  const result = await user.initiateChat(bot, { message: "m", stream });

  assert.deepEqual(texts(result.chatHistory), ["m", "r1", "", "r2"]);
  assert.equal(result.stopReason, "max-auto-replies");
});

test("CONV-09 clearHistory false keeps what was said", async () => {
  const { user, bot, stream } = pair(["r1", "r2", "r3"]);
  await user.initiateChat(bot, { message: "a", maxTurns: 1, stream });

  const second = await user.initiateChat(bot, { message: "b", maxTurns: 1, clearHistory: false, stream });
  const third = await user.initiateChat(bot, { message: "c", maxTurns: 1, stream });

  assert.deepEqual(texts(second.chatHistory), ["a", "r1", "b", "r2"]);
  assert.deepEqual(texts(third.chatHistory), ["c", "r3"]);
});

test("CONV-17 an earlier result does not change with later chats", async () => {
  const { user, bot, stream } = pair(["r1", "r2"]);
  const first = await user.initiateChat(bot, { message: "a", maxTurns: 1, stream });
  await user.initiateChat(bot, { message: "b", maxTurns: 1, stream });

  assert.deepEqual(texts(first.chatHistory), ["a", "r1"]);
});

test("CONV-10 a message function sees carryover and extra options, and gets no carryover appended", async () => {
  const { user, bot, stream } = pair(["ok"]);

  const result = await user.initiateChat(bot, {
    message: (sender, recipient, context) => `${sender.name} ${recipient.name} ${JSON.stringify(context)}`,
    carryover: ["x"],
    topic: "tea",
    maxTurns: 1,
    stream,
  });

  assert.equal(texts(result.chatHistory)[0], 'user bot {"carryover":["x"],"topic":"tea"}');
});

for (const [title, message, carryover, expected] of [
  ["a text", "m", "c", "m\nContext: \nc"],
  ["a list", "m", ["a", { content: "b" }, 3], "m\nContext: \na\nb\n3"],
  ["an empty list", "m", [], "m"],
] as const) {
  test(`CONV-11 carryover as ${title}`, async () => {
    const { user, bot, stream } = pair(["ok"]);
    const result = await user.initiateChat(bot, { message, carryover, maxTurns: 1, stream });
    assert.equal(texts(result.chatHistory)[0], expected);
  });
}

test("CONV-11 carryover of parts comes first, and a wrong type is an error", async () => {
  const { user, bot, stream } = pair(["ok"]);
  const message = { content: [{ type: "text", text: "m" }] } as const;

  const result = await user.initiateChat(bot, { message, carryover: "c", maxTurns: 1, stream });
  const error = await rejection(user.initiateChat(bot, { message, carryover: 3, maxTurns: 1, stream }));

  assert.deepEqual(result.chatHistory[0]?.content, [
    { type: "text", text: "\nContext: \nc" },
    { type: "text", text: "m" },
  ]);
  assert.deepEqual(message, { content: [{ type: "text", text: "m" }] });
  assert.ok(isAutogenError(error, "invalid-option"));
  assert.ok(
    isAutogenError(await rejection(user.initiateChat(bot, { message: 5 as never, carryover: "c", stream })), "invalid-option"),
  );
});

test("CONV-12 a missing message is asked for with the prompt `>` and recorded", async () => {
  const { user, bot } = pair(["ok"]);
  const stream = memoryStream(["typed"]);

  const result = await user.initiateChat(bot, { maxTurns: 1, stream });

  assert.deepEqual(stream.prompts, [">"]);
  assert.equal(texts(result.chatHistory)[0], "typed");
  assert.deepEqual(result.humanInput, ["typed"]);
});

for (const [reply, summary] of [
  ["done TERMINATE", "done "],
  ["TERMINATE a TERMINATE b", " a  b"],
] as const) {
  test(`CONV-13 the last-message summary of ${JSON.stringify(reply)}`, async () => {
    const { user, bot, stream } = pair([reply]);
    assert.equal((await user.initiateChat(bot, { message: "m", maxTurns: 1, stream })).summary, summary);
  });
}

test("CONV-14 reflection sends the history and a closing request, and counts in the chat's cost", async () => {
  const { user, bot, model, stream } = pair(["r", "the takeaway"]);

  const result = await user.initiateChat(bot, {
    message: "m",
    maxTurns: 1,
    stream,
    summaryMethod: "reflection_with_llm",
    summaryArgs: { summary_prompt: "Sum up", summary_role: "user" },
  });

  assert.equal(result.summary, "the takeaway");
  assert.deepEqual(model.requests[1]?.["messages"], [
    { content: "m", role: "user", name: "user" },
    { content: "r", role: "assistant", name: "bot" },
    { role: "user", content: "Sum up" },
  ]);
  assert.deepEqual(result.cost.usageIncludingCachedInference["scripted"], {
    cost: 0,
    prompt_tokens: 20,
    completion_tokens: 10,
    total_tokens: 30,
  });
});

test("CONV-14 a summary method that cannot work is an error before anything is sent", async () => {
  const { user, bot, model, stream } = pair(["r"]);
  const silentBot = new ConversableAgent({ name: "none" });

  const unknown = await rejection(user.initiateChat(bot, { message: "m", summaryMethod: "longest" as "last_msg", stream }));
  const without = await rejection(user.initiateChat(silentBot, { message: "m", summaryMethod: "reflection_with_llm", stream }));

  assert.ok(isAutogenError(unknown, "invalid-option"));
  assert.ok(isAutogenError(without, "invalid-option"));
  assert.equal(model.requests.length, 0);
  assert.equal(stream.text, "");
});

test("CONV-15 a summary function gets sender, recipient and arguments; its value is used as it is", async () => {
  const { user, bot, stream } = pair(["r"]);

  const { summary } = await user.initiateChat(bot, {
    message: "m",
    maxTurns: 1,
    stream,
    summaryMethod: (sender, recipient, args) => ({ between: [sender.name, recipient.name], key: args["key"] }),
    summaryArgs: { key: 1 },
  });

  assert.deepEqual(summary, { between: ["user", "bot"], key: 1 });
});

test("CONV-04 a message outside of a chat is stored on both sides and answered only on request", async () => {
  const { user, bot, model } = pair(["answer"]);

  await user.send("one", bot, null, true);
  assert.equal(model.requests.length, 0);
  await user.send("two", bot, true, true);

  assert.deepEqual(texts(user.chatMessages.get(bot) ?? []), ["one", "two", "answer"]);
  assert.deepEqual(texts(bot.chatMessages.get(user) ?? []), ["one", "two", "answer"]);
});

test("CONV-34 a peer that only has a name and a door can be sent to", async () => {
  const { user } = pair([]);
  const got: unknown[] = [];
  const peer: Agent = { name: "peer", receive: (message, sender) => void got.push([message, sender.name]) };

  await user.send("hi", peer, null, true);

  assert.deepEqual(got, [["hi", "user"]]);
  assert.deepEqual(texts(user.chatMessages.get(peer) ?? []), ["hi"]);
});

test("a subclass that overrides `receive` is called through it", async () => {
  const heard: unknown[] = [];
  class Listener extends ConversableAgent {
    override async receive(...args: Parameters<ConversableAgent["receive"]>): Promise<void> {
      heard.push(args[0]);
      await super.receive(...args);
    }
  }
  const { user, stream } = pair([]);
  const listener = new Listener({ name: "listener", humanInputMode: "NEVER", defaultAutoReply: "I hear" });

  const result = await user.initiateChat(listener, { message: "m", maxTurns: 2, stream });

  assert.deepEqual(heard, ["m", ""]);
  assert.deepEqual(texts(result.chatHistory), ["m", "I hear", "", "I hear"]);
});

test("CONV-35 an error of a reply function reaches the caller, with the history up to there", async () => {
  const { user, bot, stream } = pair(["r1", "r2"]);
  const failure = new Error("broken");
  user.registerReply([() => true], () => {
    throw failure;
  });

  const error = await rejection(user.initiateChat(bot, { message: "m", stream }));

  assert.equal(error, failure);
  const chat = chatOfError(error);
  assert.equal(chat?.stopReason, "error");
  assert.deepEqual(texts(chat?.chatHistory ?? []), ["m", "r1"]);
});

test("bad input: a peer that throws ends the chat with its error, and the pair is free again", async () => {
  class Broken extends ConversableAgent {
    override receive(): Promise<void> {
      return Promise.reject(new Error("out of order"));
    }
  }
  const { user, stream } = pair([]);
  const broken = new Broken({ name: "broken" });

  for (const message of ["once", "again"]) {
    assert.match(String(await rejection(user.initiateChat(broken, { message, stream }))), /out of order/);
  }
  assert.deepEqual(texts(user.chatMessages.get(broken) ?? []), ["again"]);
});

test("bad input: an agent cannot chat with itself", async () => {
  const { user } = pair([]);
  const error = await rejection(user.initiateChat(user, { message: "m" }));
  assert.ok(isAutogenError(error, "invalid-option"));
  assert.match(error.message, /itself/);
});

test("D10-20 two chats of one pair at once are refused, from both sides; afterwards the pair is free", async () => {
  let inner: unknown = null;
  const { user, bot, stream } = pair([
    async () => ((inner = await rejection(bot.initiateChat(user, { message: "me too", stream }))), "r"),
  ]);

  await user.initiateChat(bot, { message: "m", maxTurns: 1, stream });

  assert.ok(isAutogenError(inner, "chat-overlap"));
  await user.initiateChat(bot, { message: "again", maxTurns: 0, stream });
});

test("CONV-32 10,000 exchanges do not grow the stack, and no step costs more than the one before", async () => {
  const [a, b] = [counting("a"), counting("b")];
  await a.agent.initiateChat(b.agent, { message: "0", maxTurns: 10_000, silent: true, stream: memoryStream() });

  assert.equal(a.agent.chatMessages.get(b.agent)?.length, 20_000);
  const depths = [...a.depths, ...b.depths];
  assert.ok(Math.max(...depths) - Math.min(...depths) <= 2, `stack depths from ${Math.min(...depths)} to ${Math.max(...depths)}`);
});

function counting(name: string): { readonly agent: ConversableAgent; readonly depths: number[] } {
  const depths: number[] = [];
  const agent = new ConversableAgent({ name, humanInputMode: "NEVER", maxConsecutiveAutoReply: 1e9 });
  agent.registerReply([() => true], (_recipient, messages) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 1000;
    depths.push((new Error("depth").stack ?? "").split("\n").length);
    Error.stackTraceLimit = limit;
    return [true, String(messages.length)];
  });
  return { agent, depths };
}

test("CONV-33 an abort during a model call rejects the chat and leaves histories as they were", async () => {
  const stopping = new AbortController();
  const { user, bot, stream } = pair([() => new Promise<string>(() => setImmediate(() => stopping.abort()))]);

  const error = await rejection(user.initiateChat(bot, { message: "m", signal: stopping.signal, stream }));

  assert.ok(isAutogenError(error, "aborted"));
  assert.equal(chatOfError(error)?.stopReason, "aborted");
  assert.deepEqual(texts(user.chatMessages.get(bot) ?? []), ["m"]);
  assert.equal(bot.clientCache, null);
});

test("D10-19 the events of a chat come in order, numbered, and the result is returned", async () => {
  const { user, bot, stream } = pair(["r"]);
  const events: RunEvent[] = [];
  const chat = user.streamChat(bot, { message: "m", maxTurns: 1, stream });
  let step = await chat.next();
  for (; step.done !== true; step = await chat.next()) events.push(step.value);

  assert.deepEqual(
    events.map(({ type }) => type),
    ["chat.start", "message.received", "llm.start", "llm.end", "message.received", "chat.end"],
  );
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [0, 1, 2, 3, 4, 5],
  );
  assert.equal(step.value.summary, "r");
});

test("a chat that is part of a run shares its events and usage; its own subscriber sees only this part", async () => {
  const inner = pair(["inner"]);
  const seen: string[] = [];
  const nested: ToolFunction = async (_args, { run }) => {
    const onEvent = (event: RunEvent): void => void seen.push(`${event.path} ${event.type}`);
    const result = await inner.user.initiateChat(inner.bot, { message: "m", maxTurns: 1, silent: true, run, onEvent });
    return result.summary;
  };
  const call = { tool_calls: [{ id: "1", type: "function" as const, function: { name: "nested", arguments: "{}" } }] };
  const asking = pair([call, "done"], { functionMap: { nested } });

  const result = await asking.user.initiateChat(asking.bot, { message: "go", maxTurns: 2, stream: asking.stream });

  assert.deepEqual(texts(result.chatHistory), ["go", "", "inner", "done"]);
  assert.deepEqual(new Set(seen.map((line) => line.split(" ")[0])), new Set(["run/chat-0/chat-0"]));
  assert.deepEqual([seen[0], seen.at(-1)], ["run/chat-0/chat-0 chat.start", "run/chat-0/chat-0 chat.end"]);
  assert.equal((result.cost.usageIncludingCachedInference["scripted"] as ModelUsage).total_tokens, 45);
});

test("leaving the loop of events aborts the chat", async () => {
  const { user, bot, stream, model } = pair(Array.from({ length: 50 }, () => "r"));
  for await (const event of user.streamChat(bot, { message: "m", stream })) if (event.type === "llm.end") break;

  assert.ok(model.requests.length < 50);
});

test("a subscriber that throws is reported once and the chat goes on", async () => {
  const { user, bot, stream } = pair(["r"]);
  const onEvent = (): never => {
    throw new Error("no");
  };
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 1, stream, onEvent });

  assert.equal(result.summary, "r");
  assert.equal(stream.warnings.length, 1);
});

test("a subscriber that throws takes no event from the loop of a stream", async () => {
  const { user, bot, stream } = pair(["r"]);
  const onEvent = (): never => {
    throw new Error("no");
  };
  const types: string[] = [];
  for await (const { type } of user.streamChat(bot, { message: "m", maxTurns: 1, stream, onEvent })) types.push(type);
  assert.deepEqual(types, ["chat.start", "message.received", "llm.start", "llm.end", "message.received", "chat.end"]);
});
