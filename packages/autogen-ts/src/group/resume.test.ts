import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { roles, said, scene, speaker } from "../../test/groups.js";
import { rejection, texts } from "../../test/pairs.js";
import { scriptedModel } from "../features/testing/index.js";
import { AssistantAgent, consolePrinter, createRun, type MessageDraft } from "../index.js";

const saved: readonly MessageDraft[] = [
  { role: "user", name: "A", content: "start" },
  { role: "user", name: "B", content: "b said" },
  { role: "user", name: "C", content: "c said STOP" },
];

const trio = (group = {}, manager = {}) => {
  const agents = [speaker("A"), speaker("B"), speaker("C")] as const;
  return { agents, ...scene(agents, { maxRound: 3, ...group }, manager) };
};

test("GRP-31 messages survive as text", async () => {
  const { agents, chat, manager, told } = trio();
  await agents[0].initiateChat(manager, { message: "go", ...told });
  const text = manager.messagesToString();
  assert.deepEqual(manager.messagesFromString(text), chat.messages);
  assert.throws(() => manager.messagesFromString("not json"), { code: "invalid-option", message: /no JSON/ });
});

for (const [title, messages, expected] of [
  ["no messages", [], /there is no message in them/],
  ["no list", 5, /of type number, not a list/],
  ["null", null, /they are null, not a list/],
  ["no JSON", "not json", /no JSON/],
  ["strangers", [{ role: "user", name: "zz", content: "x" }], /`zz` speaks in them but takes no part in the group of `mgr`/],
  [
    "several strangers",
    [
      { name: "x", content: "x" },
      { name: "y", content: "x" },
    ],
    /`x`, `y` speak in them but take no part/,
  ],
  ["something that is no message", [{ role: "user", name: "A" }], /message 1 is none/],
] as const) {
  test(`GRP-31 resume refuses ${title}, and leaves all as it was`, async () => {
    const { agents, chat, manager, told } = trio();
    await agents[0].initiateChat(manager, { message: "go", ...told });
    const error = await rejection(manager.resume(messages as never));
    assert.match(String(error), expected);
    assert.equal(chat.messages.length, 3);
  });
}

for (const form of [(messages: readonly MessageDraft[]) => messages, JSON.stringify]) {
  test(`GRP-31 resume from ${form === JSON.stringify ? "a text" : "a list"}, then go on`, async () => {
    const { agents, chat, manager, stream, told } = trio();
    const { lastAgent, lastMessage } = await manager.resume(form(saved), { silent: true });
    assert.equal(lastAgent, agents[2]);
    assert.deepEqual(lastMessage, saved[2]);
    assert.deepEqual(said(chat.messages), ["A: start", "B: b said"]);

    await lastAgent.initiateChat(manager, { message: lastMessage, clearHistory: false, ...told });

    assert.deepEqual(said(chat.messages), ["A: start", "B: b said", "C: c said STOP", "A: A says", "B: B says"]);
    assert.ok(stream.text.startsWith("C (to mgr):"));
  });
}

test("GRP-31 how many messages there are is printed unless silent", async () => {
  const { manager, stream } = trio();
  const run = createRun({ host: fakeHost(), subscribers: [consolePrinter(stream)] });
  await manager.resume(saved, { run });
  assert.equal(stream.text, "Prepared group chat with 3 messages, the last speaker is C\n");
});

test("GRP-31 a termination string is taken out, a function maps the text; what still ends the chat is worth a warning", async () => {
  const predicate = { isTerminationMsg: ({ content }: { readonly content: unknown }) => String(content).includes("STOP") };
  for (const [removeTerminationString, content, warned] of [
    ["STOP", "c said ", false],
    [(text: string) => text.slice(0, 6), "c said", false],
    [undefined, "c said STOP", true],
  ] as const) {
    const codes: string[] = [];
    const run = createRun({ host: fakeHost(), subscribers: [(event) => event.type === "warning" && codes.push(event.code)] });
    const { manager } = trio({}, predicate);
    const { lastMessage } = await manager.resume(saved, {
      run,
      ...(removeTerminationString === undefined ? {} : { removeTerminationString }),
    });
    assert.equal(lastMessage.content, content);
    assert.deepEqual(codes, warned ? ["resumed-at-end"] : []);
  }
});

test("GRP-31 a missing name is the manager's, who is also the last speaker then", async () => {
  const { chat, manager } = trio();
  const { lastAgent } = await manager.resume(
    [
      { role: "user", content: "x" },
      { role: "user", name: "Admin", content: "y" },
    ],
    { silent: true },
  );
  assert.deepEqual(said(chat.messages), ["mgr: x"]);
  assert.equal(lastAgent, manager);
});

test("GRP-32 D12-13 own words are assistant again, in every history as after the first run", async () => {
  const first = trio();
  await first.agents[0].initiateChat(first.manager, { message: "go", ...first.told });
  const again = trio();

  const { lastMessage } = await again.manager.resume(first.chat.messages, { silent: true });

  assert.deepEqual(lastMessage, first.chat.messages.at(-1));
  for (const [index, agent] of again.agents.entries()) {
    const before = first.agents[index]?.chatMessages.get(first.manager)?.slice(0, -1);
    assert.deepEqual(agent.chatMessages.get(again.manager), before);
    assert.deepEqual(
      roles(again.manager.chatMessages.get(agent)),
      roles(first.manager.chatMessages.get(first.agents[index] as never)?.slice(0, -1)),
    );
  }
});

test("GRP-32 saved calls come back with their answers, complete for every participant", async () => {
  const calls = [{ id: "t", type: "function", function: { name: "ping", arguments: "{}" } }] as const;
  const model = scriptedModel("fine");
  const caller = new AssistantAgent({ name: "A", systemMessage: "A", llmConfig: model.llmConfig });
  const { manager, chat, told } = scene([caller, speaker("B"), speaker("C")], { maxRound: 2 });
  const messages: readonly MessageDraft[] = [
    { role: "user", name: "B", content: "go" },
    { role: "assistant", name: "A", content: "", tool_calls: calls },
    { role: "tool", name: "C", content: "pong", tool_responses: [{ role: "tool", tool_call_id: "t", content: "pong" }] },
    { role: "user", name: "C", content: "done" },
  ];

  const { lastAgent, lastMessage } = await manager.resume(messages, { silent: true });
  await lastAgent.initiateChat(manager, { message: lastMessage, clearHistory: false, ...told });

  assert.deepEqual(said(chat.messages).slice(-2), ["C: done", "A: fine"]);
  assert.deepEqual(model.requests[0]?.["messages"], [
    { role: "system", content: "A" },
    { role: "user", name: "B", content: "go" },
    { role: "assistant", content: "", tool_calls: calls },
    { role: "tool", tool_call_id: "t", content: "pong" },
    { role: "user", name: "C", content: "done" },
  ]);
});

test("GRP-31 a new topic goes to an agent of choice, with all that was said before the last message", async () => {
  const { agents, manager, told } = trio();
  await manager.resume(saved, { silent: true });
  await manager.initiateChat(agents[1], { message: "new topic", clearHistory: false, maxTurns: 1, ...told });
  assert.deepEqual(texts(agents[1].chatMessages.get(manager) ?? []), ["start", "b said", "new topic", "B says"]);
});

test("introductions are not sent again after a resume", async () => {
  const { agents, chat, manager, told } = trio({ sendIntroductions: true });
  const { lastAgent, lastMessage } = await manager.resume(saved, { silent: true });
  await lastAgent.initiateChat(manager, { message: lastMessage, clearHistory: false, ...told });
  assert.ok(!texts(agents[0].chatMessages.get(manager) ?? []).includes(chat.introductionsMsg()));
});

test("10,000 messages are resumed", async () => {
  const { agents, chat, manager } = trio();
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    role: "user",
    name: "ABC"[index % 3] ?? "A",
    content: `text ${String(index)}`,
  }));
  const { lastMessage } = await manager.resume(many, { silent: true });
  assert.equal(lastMessage.content, "text 9999");
  assert.equal(chat.messages.length, 9_999);
  assert.equal(agents[1].chatMessages.get(manager)?.length, 9_999);
});
