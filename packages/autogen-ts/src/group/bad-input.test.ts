import assert from "node:assert/strict";
import { test } from "vitest";
import { fakeHost } from "../../test/fake-host.js";
import { said, scene, speaker } from "../../test/groups.js";
import { rejection } from "../../test/pairs.js";
import { ConversableAgent, createRun, GroupChat, GroupChatManager, type GroupChatManagerOptions } from "../index.js";

const bad: readonly (readonly [title: string, options: object, message: RegExp])[] = [
  ["select: output", { select: { output: "structurd" } }, /`select\.output` .* is "structurd"\. Pass "text" or "structured"/],
  ["select: key", { select: { outputs: "text" } }, /unknown option `select\.outputs`\. Did you mean `select\.output`\?/],
  ["select: text", { select: "structured" }, /`select` .* Pass an object/],
  ["select: case", { select: { caseSensitive: "no" } }, /`select\.caseSensitive` .* Pass true or false/],
  ["multimodal", { multimodal: "yes" }, /`multimodal` .* Pass true, false, or a list of agents/],
  ["variables", { contextVariables: ["x"] }, /`contextVariables` .* is a list\. Pass an object/],
  ["classes", { selectSpeakerAutoModelClientCls: "Mine" }, /`selectSpeakerAutoModelClientCls` .* Pass a class/],
  ["rounds without end", { maxRound: Infinity }, /`maxRound` of a group chat is Infinity/],
  ["two handoffs of one name", { handoffs: { c: [{ to: "a b" }, { to: "a_b" }] } }, /would both be the tool `transfer_to_a_b`/],
  ["the same handoff twice", { handoffs: { c: [{ to: "a_b" }, { to: "a_b" }] } }, /leads to `a_b` twice without a condition/],
];
for (const [title, options, message] of bad) {
  test(`GRP-01 bad input is told: ${title}`, () => {
    const agents = [speaker("a b"), speaker("a_b"), speaker("c")];
    // As a program in JavaScript would pass it.
    assert.throws(() => new GroupChat({ agents, ...options }), { code: "invalid-option", message });
  });
}

test("GRP-01 null stands for not given", () => {
  const chat = new GroupChat({ agents: [speaker("a")], select: null, handoffs: null, afterTurn: null });
  assert.deepEqual([chat.select, chat.handoffs.some], [{}, false]);
});

test("a participant with the name of a target can take part, but not in a group with handoffs", () => {
  const agents = [speaker("stay"), speaker("b")];
  assert.equal(new GroupChat({ agents }).handoffs.some, false);
  assert.throws(() => new GroupChat({ agents, afterTurn: { b: "terminate" } }), {
    code: "invalid-option",
    message: /called `stay`/,
  });
});

test("GRP-09 a selector that names a stranger is told who takes part", async () => {
  const a = speaker("a");
  const { manager, told } = scene([a, speaker("b")], { speakerSelectionMethod: () => "zz" });
  assert.match(
    String(await rejection(a.initiateChat(manager, { message: "go", ...told }))),
    /no method `zz`.*or one of `a`, `b`\./,
  );
});

test("a manager without options says what it needs", () => {
  const make = (options?: unknown) => new GroupChatManager(options as GroupChatManagerOptions);
  assert.throws(() => make(), { code: "invalid-option", message: /needs a `groupChat`/ });
});

test("a second chat with a group that is talking is refused before anything is forgotten, by whichever manager", async () => {
  const [a, b] = [speaker("a"), speaker("b")];
  const { chat, manager, told } = scene([a, b], { maxRound: 3 });
  const other = new GroupChatManager({ name: "other", groupChat: chat });

  const first = a.initiateChat(manager, { message: "one", ...told });
  const refused = [b.initiateChat(manager, { message: "two", ...told }), b.initiateChat(other, { message: "three", ...told })];
  const [same, another] = await Promise.all(refused.map(async (chatting) => String(await rejection(chatting))));
  await first;

  assert.match(String(same), /The group of `mgr` is talking already\./);
  assert.match(String(another), /The group of `other` is talking already, led by `mgr`/);
  assert.deepEqual(said(chat.messages), ["a: one", "b: b says", "a: a says"]);
  assert.deepEqual(said(b.historyWith(manager)), ["a: one", "b: b says", "a: a says"]);
  await b.initiateChat(other, { message: "three", ...told });
  assert.deepEqual(said(chat.messages), ["b: three", "a: a says", "b: b says"]);
});

test("resuming from messages with a call that nobody answered is worth a warning", async () => {
  const calls = [{ id: "c1", type: "function" as const, function: { name: "f", arguments: "{}" } }];
  const call = { role: "assistant", name: "b", content: null, tool_calls: calls } as const;
  const answer = {
    role: "tool",
    name: "a",
    content: "ran",
    tool_responses: [{ tool_call_id: "c1", role: "tool", content: "ran" }],
  };
  const end = { role: "user", name: "a", content: "and now?" } as const;
  for (const [messages, warned] of [
    [[call, end], ["resumed-open-calls"]],
    [[call, answer, end], []],
    [[call], []],
  ] as const) {
    const codes: string[] = [];
    const run = createRun({ host: fakeHost(), subscribers: [(event) => event.type === "warning" && codes.push(event.code)] });
    const { manager } = scene([speaker("a"), speaker("b")]);
    await manager.resume(JSON.stringify(messages), { run });
    assert.deepEqual(codes, warned);
  }
});

test("a reply function that gives a promise inside of its list is told to await it", async () => {
  const a = speaker("a");
  const b = new ConversableAgent({ name: "b", humanInputMode: "NEVER" });
  b.registerReply([() => true], (() => [true, new Promise(() => undefined)]) as never);
  assert.match(
    String(await rejection(a.initiateChat(b, { message: "go", silent: true }))),
    /a list of boolean, a promise \(await it\)/,
  );
});
