import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { texts } from "../../test/pairs.js";
import { scriptedHuman } from "../features/testing/index.js";
import { ConversableAgent } from "../index.js";

/** What is left when a2 types `line` after `go` and `a1 says`; then the run ends. */
async function after(line: string, enableClearHistory = true) {
  const human = scriptedHuman(line);
  const [a0, a1] = [speaker("a0"), speaker("a1")];
  const a2 = new ConversableAgent({ name: "a2", humanInputMode: "ALWAYS" });
  const { chat, manager } = scene([a0, a1, a2], { maxRound: 3, enableClearHistory });
  await a0.initiateChat(manager, { message: "go", stream: human });
  const histories = [a0, a1, a2].map((agent) => texts(agent.chatMessages.get(manager) ?? []));
  return { transcript: texts(chat.messages), histories, printed: human.text };
}

const all = ["go", "a1 says"] as const;

for (const [line, transcript, [h0, h1, h2], printed] of [
  [
    "clear history, now restart",
    ["now restart"],
    [["now restart"], ["now restart"], ["now restart"]],
    "Clearing history for all agents.",
  ],
  [
    "clear history 1 go on",
    ["a1 says", "go on"],
    [
      ["a1 says", "go on"],
      ["a1 says", "go on"],
      ["a1 says", "go on"],
    ],
    "Clearing history for all agents except last 1 messages.",
  ],
  ["clear history a1. go on", [...all, "go on"], [[...all, "go on"], ["go on"], [...all, "go on"]], "Clearing history for a1."],
  [
    "clear history a1 1! go on",
    [...all, "go on"],
    [
      [...all, "go on"],
      ["a1 says", "go on"],
      [...all, "go on"],
    ],
    "Clearing history for a1 except last 1 messages.",
  ],
  [
    "CLEAR HISTORY 1 a1 x",
    [...all, "x"],
    [
      [...all, "x"],
      ["a1 says", "x"],
      [...all, "x"],
    ],
    "Clearing history for a1 except last 1 messages.",
  ],
  [
    "please Clear History thanks",
    ["please thanks"],
    [["please thanks"], ["please thanks"], ["please thanks"]],
    "Clearing history for all agents.",
  ],
] as const) {
  test(`GRP-30 ${line}`, async () => {
    const result = await after(line);
    assert.deepEqual(result.transcript, transcript);
    assert.deepEqual(result.histories, [h0, h1, h2]);
    assert.ok(result.printed.includes(`${printed}\n`), result.printed);
  });
}

for (const line of ["unclear history", "clear the history", "the history is clear history-like"]) {
  test(`GRP-30 D12-12 ${line} is no command`, async () => {
    assert.deepEqual((await after(line)).transcript, [...all, line]);
  });
}

test("GRP-30 the words are plain text when the setting is off", async () => {
  assert.deepEqual((await after("clear history", false)).transcript, [...all, "clear history"]);
});

test("GRP-30 in the answer of a tool, the message that called it is kept", async () => {
  const calls = [{ id: "t", type: "function", function: { name: "tidy", arguments: "{}" } }] as const;
  const [a0, a1] = [speaker("a0"), speaker("a1", { content: "calling", tool_calls: calls })];
  const a2 = new ConversableAgent({ name: "a2", humanInputMode: "NEVER", functionMap: { tidy: () => "clear history now" } });
  const { chat, manager, told, events } = scene([a0, a1, a2], { maxRound: 3, enableClearHistory: true });

  await a0.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["a1: calling", "a2: now"]);
  assert.ok(events.some((event) => event.type === "warning" && event.code === "history-kept"));
});
