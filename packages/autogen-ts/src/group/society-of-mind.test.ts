import assert from "node:assert/strict";
import { test } from "vitest";
import { roles, said, speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import { scriptedModel } from "../features/testing/index.js";
import {
  GroupChat,
  GroupChatManager,
  isAutogenError,
  memoryStream,
  SOCIETY_OF_MIND_PREAMBLE,
  SOCIETY_OF_MIND_PROMPT,
  SocietyOfMindAgent,
  type Agent,
  type SocietyOfMindOptions,
} from "../index.js";

/** A team of two that speak in turn, led by `inner`; the society; and somebody who asks it. */
function society(
  options: Partial<SocietyOfMindOptions> = {},
  agents: readonly Agent[] = [speaker("a"), speaker("b", "b says TERMINATE ")],
) {
  const groupChat = new GroupChat({ agents, speakerSelectionMethod: "round_robin", maxRound: 3 });
  const manager = new GroupChatManager({ name: "inner", groupChat });
  const stream = memoryStream();
  return {
    a: agents[0] as ReturnType<typeof speaker>,
    manager,
    stream,
    soc: new SocietyOfMindAgent({ name: "soc", humanInputMode: "NEVER", chatManager: manager, ...options }),
    user: speaker("user", "more"),
    told: { stream },
  };
}

test("MULTI-19 without a model the answer is the last inner message, without the word of the end", async () => {
  const { user, soc, manager, stream, told } = society();
  const result = await user.initiateChat(soc, { message: "Think", maxTurns: 1, ...told });
  assert.deepEqual(said(result.chatHistory), ["user: Think", "soc: b says"]);
  assert.deepEqual(said(manager.groupChat.messages), ["soc: Think", "a: a says", "b: b says TERMINATE "]);
  assert.deepEqual(
    stream.text.split("\n").filter((line) => line.includes("(to ") || line.startsWith("Next")),
    [
      "user (to soc):",
      "soc (to inner):",
      "Next speaker: a",
      "a (to inner):",
      "Next speaker: b",
      "b (to inner):",
      "soc (to user):",
    ],
  );
});

test("MULTI-19 each round starts afresh, with the outer history as background", async () => {
  const { user, soc, a, manager, told } = society({}, [speaker("a", ["a1", "a2"]), speaker("b", ["b1", "b2"])]);
  a.store({ role: "user", content: "from elsewhere", name: "x" }, speaker("x"));
  const result = await user.initiateChat(soc, { message: "Think", maxTurns: 2, ...told });
  assert.deepEqual(said(result.chatHistory), ["user: Think", "soc: b1", "user: more", "soc: b2"]);
  assert.deepEqual([...a.chatMessages.keys()], [manager]); // what it knew from others is gone
  assert.deepEqual(said(a.chatMessages.get(manager) ?? []), ["user: Think", "soc: b1", "soc: more", "a: a2", "b: b2"]);
  assert.deepEqual(roles(a.chatMessages.get(manager)), ["user user", "user soc", "user soc", "assistant a", "user b"]);
  assert.deepEqual(said(manager.groupChat.messages), ["soc: more", "a: a2", "b: b2"]);
});

test("MULTI-19 the inner chat hangs on the outer result, and its cost is in the outer one", async () => {
  const model = scriptedModel({ content: "by model", cost: 0.25 });
  const thinker = speaker("thinker");
  const asks = new SocietyOfMindAgent({
    name: "soc",
    humanInputMode: "NEVER",
    llmConfig: model.llmConfig,
    chatManager: new GroupChatManager({
      name: "inner",
      groupChat: new GroupChat({ agents: [thinker, speaker("b")], maxRound: 2, speakerSelectionMethod: "round_robin" }),
    }),
  });
  const result = await speaker("user").initiateChat(asks, { message: "Think", maxTurns: 1, stream: memoryStream() });
  assert.equal(result.summary, "by model");
  assert.equal(result.cost.usageExcludingCachedInference.total_cost, 0.25);
  assert.deepEqual(
    result.nested.map(({ chatHistory }) => said(chatHistory)),
    [["soc: Think", "thinker: thinker says"]],
  );
});

const lookUp = { name: "look", arguments: '{"x":1}' };
for (const [kind, said1, shown, responsePreparer] of [
  [
    "function call",
    { role: "assistant", content: "", function_call: lookUp },
    [
      { role: "user", content: 'look({"x":1})', name: "caller" },
      { role: "user", content: "seen", name: "look" },
    ],
    null,
  ],
  [
    "tool call",
    { role: "assistant", content: "I look", tool_calls: [{ id: "1", type: "function", function: lookUp }] },
    [
      { role: "user", content: "I look", name: "caller" },
      { role: "user", content: "seen", name: "caller" },
    ],
    "Say the outcome.",
  ],
] as const) {
  test(`MULTI-20 the model is shown the transcript with a ${kind} between a preamble and the prompt, and nothing else`, async () => {
    const model = scriptedModel("the outcome");
    const caller = speaker("caller", said1);
    caller.registerFunctionMap({ look: () => "seen" });
    const settings = { llmConfig: { ...model.llmConfig, tools: [] }, systemMessage: "not sent", responsePreparer };
    const { soc, user, told } = society(settings, [caller, speaker("other")]);
    await user.initiateChat(soc, { message: "Think", maxTurns: 1, ...told });
    assert.deepEqual(model.requests[0]?.["messages"], [
      { role: "system", content: SOCIETY_OF_MIND_PREAMBLE },
      { role: "user", content: "Think", name: "soc" },
      ...shown,
      { role: "system", content: responsePreparer ?? SOCIETY_OF_MIND_PROMPT },
    ]);
  });
}

test("MULTI-20 a function prepares the answer from the transcript", async () => {
  const { soc, user, told } = society({ responsePreparer: (agent, messages) => `${agent.name}: ${texts(messages).join(" | ")}` });
  const { summary } = await user.initiateChat(soc, { message: "Think", maxTurns: 1, ...told });
  assert.equal(summary, "soc: Think | a says | b says  ");
});

test("MULTI-20 an answer of the model that is no text becomes one", async () => {
  const call = { id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } };
  const model = scriptedModel({ content: null, tool_calls: [call] });
  const { soc, user, told } = society({ llmConfig: model.llmConfig });
  const { chatHistory } = await user.initiateChat(soc, { message: "Think", maxTurns: 1, ...told });
  assert.match(texts(chatHistory)[1] ?? "", /"name":"f"/);
});

test("the end of a chat comes before thinking, and D13-8 tools are run as by any agent", async () => {
  const { soc, user, manager, told } = society();
  const ended = await user.initiateChat(soc, { message: "TERMINATE", ...told });
  assert.deepEqual(texts(ended.chatHistory), ["TERMINATE"]);
  soc.registerFunctionMap({ f: () => "ran" });
  const call = { id: "1", type: "function" as const, function: { name: "f", arguments: "{}" } };
  const result = await user.initiateChat(soc, {
    message: { role: "assistant", content: null, tool_calls: [call] },
    maxTurns: 1,
    ...told,
  });
  assert.deepEqual(texts(result.chatHistory), ["", "ran"]);
  assert.deepEqual(manager.groupChat.messages, []);
});

/** A team whose first member fails. */
function broken(): readonly Agent[] {
  const bad = speaker("bad");
  bad.registerReply(
    () => true,
    () => {
      throw new Error("out of ideas");
    },
  );
  return [bad, speaker("b")];
}

test("D13-9 what the group fails with ends the chat, or `onError` answers", async () => {
  const plain = society({}, broken());
  const error = await rejection(plain.user.initiateChat(plain.soc, { message: "Think", maxTurns: 1, ...plain.told }));
  assert.equal((error as Error).message, "out of ideas");
  const careful = society({ onError: (failure) => `Sorry: ${(failure as Error).message}` }, broken());
  const { summary } = await careful.user.initiateChat(careful.soc, { message: "Think", maxTurns: 1, ...careful.told });
  assert.equal(summary, "Sorry: out of ideas");
});

test("D13-9 an abort is no failure that `onError` could answer", async () => {
  const stop = new AbortController();
  const stopping = speaker("stopping");
  stopping.registerReply(
    () => true,
    () => {
      stop.abort();
      return [true, "too late"];
    },
  );
  let asked = 0;
  const onError = (): string => {
    asked += 1;
    return "never said";
  };
  const { soc, user, told } = society({ onError }, [stopping, speaker("b")]);
  const error = await rejection(user.initiateChat(soc, { message: "Think", maxTurns: 1, signal: stop.signal, ...told }));
  assert.ok(isAutogenError(error, "aborted"));
  assert.equal(asked, 0);
});

test("one society thinks of one message at a time; a clone can think at the same time", async () => {
  const { soc, told } = society();
  const [one, two] = [speaker("one"), speaker("two")];
  const queue = (second: SocietyOfMindAgent) => [
    { chatId: 1, sender: one, recipient: soc, message: "m", maxTurns: 1 },
    { chatId: 2, sender: two, recipient: second, message: "m", maxTurns: 1 },
  ];
  const error = await rejection(one.initiateChats(queue(soc), told));
  assert.ok(isAutogenError(error, "chat-overlap"));
  assert.match(error.message, /`soc` is thinking about another message/);
  const twin = soc.clone("twin");
  assert.notEqual(twin.chatManager, soc.chatManager);
  assert.ok(twin instanceof SocietyOfMindAgent);
});

test("what cannot work is refused when the agent is made", () => {
  const chatManager = society().manager;
  for (const options of [
    { chatManager: speaker("x") },
    { chatManager, responsePreparer: "a prompt without a model" },
    { chatManager, responsePreparer: 7 },
    { chatManager, onError: "quietly" },
  ]) {
    assert.throws(() => new SocietyOfMindAgent({ name: "soc", ...options } as unknown as SocietyOfMindOptions), {
      code: "invalid-option",
    });
  }
});

test("without a manager it answers like any agent, until it is given one", async () => {
  const { soc, manager, user, told } = society({ chatManager: null, defaultAutoReply: "default" });
  assert.equal((await user.initiateChat(soc, { message: "m", maxTurns: 1, ...told })).summary, "default");
  soc.updateChatManager(manager);
  assert.equal((await user.initiateChat(soc, { message: "m", maxTurns: 1, ...told })).summary, "b says");
});
