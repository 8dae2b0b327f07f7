import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { rejection } from "../../test/pairs.js";
import { scriptedHuman, scriptedModel } from "../features/testing/index.js";
import {
  ConversableAgent,
  GroupChat,
  GroupChatManager,
  isAutogenError,
  toolExecutorFor,
  type Agent,
  type GroupChatOptions,
  type SelectorAnswer,
} from "../index.js";
import { fakeHost } from "../../test/fake-host.js";

const trio = () => [speaker("a"), speaker("b"), speaker("c")] as const;

/** Names of those who spoke after the first message. */
async function order(agents: readonly Agent[], group: Partial<GroupChatOptions>, from = agents[0]): Promise<string[]> {
  const { chat, manager, told } = scene(agents, group);
  await (from as ConversableAgent).initiateChat(manager, { message: "go", ...told });
  return chat.messages.slice(1).map(({ name }) => String(name));
}

test("GRP-06 round robin goes round, from whoever starts", async () => {
  const agents = trio();
  assert.deepEqual(await order(agents, { maxRound: 5 }), ["b", "c", "a", "b"]);
  assert.deepEqual(await order(agents, { maxRound: 4 }, agents[2]), ["a", "b", "c"]);
  assert.deepEqual(await order(agents, { maxRound: 4, speakerSelectionMethod: "Round_Robin" }, speaker("x")), ["a", "b", "c"]);
});

test("GRP-07 random picks eligible agents only, by the run's source of randomness", async () => {
  const numbers = [0, 0.99, 0.5, 0.49, 0.99];
  const [a, b, c] = trio();
  const { chat, manager, told } = scene([a, b, c], { maxRound: 6, speakerSelectionMethod: "random", allowRepeatSpeaker: false });

  await a.initiateChat(manager, { message: "go", ...told, host: fakeHost({ random: () => numbers.shift() ?? 0 }) });

  assert.deepEqual(
    chat.messages.map(({ name }) => name),
    ["a", "b", "c", "b", "a", "c"],
  );
});

for (const [lines, expected, questions] of [
  [["3"], "c", 1],
  [[""], "b", 1],
  [["q"], "b", 1],
  [["x", "2"], "b", 2],
  [["9", "0"], "b", 2],
] as const) {
  test(`GRP-08 manual: ${JSON.stringify(lines)} chooses ${expected}`, async () => {
    const human = scriptedHuman(...lines, "unused");
    const [a, b, c] = trio();
    const { chat, manager } = scene([a, b, c], { maxRound: 2, speakerSelectionMethod: "manual" });

    await a.initiateChat(manager, { message: "go", stream: human });

    assert.equal(chat.messages[1]?.name, expected);
    assert.equal(human.linesLeft, lines.length + 1 - questions);
  });
}

test("GRP-08 D12-3 manual in any case, from a selector as well, lists and takes eligible agents only", async () => {
  for (const method of ["Manual", () => "MANUAL"] as const) {
    const human = scriptedHuman("1", "");
    const [a, b, c] = trio();
    const { chat, manager } = scene([a, b, c], { maxRound: 3, speakerSelectionMethod: method, allowRepeatSpeaker: false });

    await b.initiateChat(manager, { message: "go", stream: human });

    assert.deepEqual(said(chat.messages), ["b: go", "a: a says", "b: b says"]);
    assert.match(human.text, /\n1: a\n2: c\n/);
    assert.match(human.text, /\n1: b\n2: c\n/);
  }
});

const cases: readonly (readonly [
  title: string,
  answer: (group: { readonly agents: readonly Agent[] }) => unknown,
  expected: string | RegExp | null,
])[] = [
  ["an agent", ({ agents }) => agents[2], "c"],
  ["a promise of an agent", ({ agents }) => Promise.resolve(agents[2]), "c"],
  ["a method", () => "round_robin", "b"],
  ["a method in another case", () => "Round_Robin", "b"],
  ["null", () => null, null],
  ["nothing", () => undefined, null],
  ["an empty list", () => [], null],
  ["a name", () => "c", "c"],
  ["a shortlist of names", () => ["c", "a"], "c"],
  ["D12-16 a shortlist", ({ agents }) => [agents[2], agents[0]], "c"],
  ["an agent from outside", () => speaker("zz"), /`zz`, which takes no part/],
  ["a shortlist with an outsider", () => [speaker("zz")], /`zz`, which takes no part/],
  ["a number", () => 5, /a value of type number/],
  ["an unknown method", () => "fastest", /no method `fastest`.*"auto", "manual", "random", "round_robin"/],
];
for (const [title, answer, expected] of cases) {
  test(`GRP-09 a selector that gives ${title}`, async () => {
    const [a, b, c] = trio();
    const { chat, manager, told, events } = scene([a, b, c], {
      maxRound: 2,
      speakerSelectionMethod: (_last, group) => answer(group) as SelectorAnswer,
    });

    const chatting = a.initiateChat(manager, { message: "go", ...told });

    if (expected instanceof RegExp) {
      assert.match(String(await rejection(chatting)), expected);
      return;
    }
    const { stopReason } = await chatting;
    assert.deepEqual(
      chat.messages.slice(1).map(({ name }) => name),
      expected === null ? [] : [expected],
    );
    assert.equal(stopReason, expected === null ? "no-eligible-speaker" : "max-round");
    const warned = events.some((event) => event.type === "warning" && event.code === "no-eligible-speaker");
    assert.equal(warned, expected === null);
  });
}

test("GRP-09 an exception of a selector reaches the caller", async () => {
  const [a, b] = trio();
  const selectors = {
    speakerSelectionMethod: () => {
      throw new Error("selector broke");
    },
  };
  const { manager, told } = scene([a, b], selectors);
  assert.match(String(await rejection(a.initiateChat(manager, { message: "go", ...told }))), /selector broke/);
});

test("GRP-09 an unknown method is refused when it is first used", async () => {
  const [a, b] = trio();
  const { manager, told } = scene([a, b], { speakerSelectionMethod: "fastest" });
  const error = await rejection(a.initiateChat(manager, { message: "go", ...told }));
  assert.match(String(error), /no method `fastest`.*"auto", "manual", "random", "round_robin", or a function/);
});

test("a group that ends inside of a turn does not end the group around it quietly", async () => {
  const [a, b] = trio();
  const inner = scene(trio(), { speakerSelectionMethod: () => null });
  b.registerReply([() => true], async () => [true, (await inner.chat.selectSpeaker(a, inner.manager)).name]);
  const { manager, told } = scene([a, b]);
  const error = await rejection(a.initiateChat(manager, { message: "go", ...told }));
  assert.ok(isAutogenError(error, "no-eligible-speaker"));
});

// Tools.

const call = (...names: readonly string[]) => ({
  content: "",
  tool_calls: names.map((name) => ({ id: name, type: "function", function: { name, arguments: "{}" } }) as const),
});
const withTools = (name: string, ...tools: readonly string[]) =>
  new ConversableAgent({
    name,
    humanInputMode: "NEVER",
    defaultAutoReply: `${name} says`,
    description: name,
    functionMap: Object.fromEntries(tools.map((tool) => [tool, () => `${tool} of ${name}`])),
  });

const table: readonly (readonly [
  title: string,
  tools: readonly [string[], string[], string[]],
  calls: string[],
  expected: string | RegExp,
])[] = [
  ["only a2 has the tool", [[], [], ["f"]], ["f"], "a2: f of a2"],
  ["nobody has it, a1 has another", [[], ["g"], []], ["f"], "a1: Error: Function f not found."],
  ["nobody has any", [[], [], []], ["f"], /No participant can run `f`, and none has any tool/],
  ["only the caller has it", [["f"], [], []], ["f"], "a0: f of a0"],
];
for (const [title, tools, calls, expected] of table) {
  test(`GRP-16 ${title}`, async () => {
    const [a0, a1, a2] = tools.map((own, index) => withTools(`a${String(index)}`, ...own)) as [
      ConversableAgent,
      ConversableAgent,
      ConversableAgent,
    ];
    const model = scriptedModel();
    const { chat, manager, told } = scene(
      [a0, a1, a2],
      { maxRound: 2, speakerSelectionMethod: "auto", allowRepeatSpeaker: false },
      { llmConfig: model.llmConfig },
    );

    const chatting = a0.initiateChat(manager, { message: call(...calls), ...told });

    if (expected instanceof RegExp) {
      const error = await rejection(chatting);
      assert.match(String(error), expected);
      return;
    }
    await chatting;
    assert.equal(said(chat.messages)[1], expected);
    assert.equal(model.requests.length, 0);
  });
}

test("GRP-16 two owners: the model chooses among them, and sees no open call", async () => {
  const [a0, a1, a2, a3] = [withTools("a0"), withTools("a1", "f"), withTools("a2", "f"), withTools("a3")];
  const model = scriptedModel("a2");
  const { chat, manager, told } = scene(
    [a0, a1, a2, a3],
    { maxRound: 2, speakerSelectionMethod: "auto" },
    { llmConfig: model.llmConfig },
  );

  await a0.initiateChat(manager, { message: call("f"), ...told });

  assert.equal(said(chat.messages)[1], "a2: f of a2");
  const messages = model.requests[0]?.["messages"] as readonly Record<string, unknown>[];
  assert.match(String(messages.at(-1)?.["content"]), /\['a1', 'a2'\]/);
  assert.deepEqual(messages[1], { role: "assistant", content: "", name: "a0" });
});

test("GRP-16 halves of several calls: those who have any are candidates, and the missing half says so", async () => {
  const [a0, a1, a2] = [withTools("a0"), withTools("a1", "f"), withTools("a2", "g")];
  const { chat, manager, told } = scene([a0, a1, a2], { maxRound: 2 });

  await a0.initiateChat(manager, { message: call("f", "g"), ...told });

  assert.equal(said(chat.messages)[1], "a1: f of a1\n\nError: Function g not found.");
});

test("GRP-16 without the filter everybody is a candidate", async () => {
  const [a0, a1, a2] = [withTools("a0"), withTools("a1"), withTools("a2", "f")];
  const { chat, manager, told } = scene([a0, a1, a2], { maxRound: 2, funcCallFilter: false });

  await a0.initiateChat(manager, { message: call("f"), ...told });

  assert.equal(chat.messages[1]?.name, "a1");
});

test("D12-17 toolExecutorFor helps selectors of one's own", () => {
  const [a0, a1, a2] = [withTools("a0"), withTools("a1", "f"), withTools("a2", "f", "g")];
  const { chat } = scene([a0, a1, a2]);
  assert.equal(toolExecutorFor(chat), null);
  chat.append(call("g"), a0);
  assert.equal(toolExecutorFor(chat), a2);
  chat.append(call("f"), a0);
  assert.equal(toolExecutorFor(chat), null);
});

// Repeats and transitions.

test("GRP-17 without repeats the last speaker is no candidate; with a list only those who are not on it", async () => {
  const [a, b, c] = trio();
  const seen: string[][] = [];
  const noting = (repeat: boolean | readonly (typeof a | typeof b | typeof c)[]) => {
    const { manager, told, events } = scene([a, b, c], {
      maxRound: 4,
      speakerSelectionMethod: "random",
      allowRepeatSpeaker: repeat,
    });
    return {
      told,
      manager,
      seen: () => events.flatMap((event) => (event.type === "speaker.selected" ? [[...event.candidates]] : [])),
    };
  };
  const none = noting(false);
  await a.initiateChat(none.manager, { message: "go", ...none.told, host: fakeHost({ random: () => 0 }) });
  seen.push(...none.seen());
  assert.deepEqual(seen, [
    ["b", "c"],
    ["a", "c"],
    ["b", "c"],
  ]);

  const onlyB = noting([b]);
  await a.initiateChat(onlyB.manager, { message: "go", ...onlyB.told, host: fakeHost({ random: () => 0 }) });
  assert.deepEqual(onlyB.seen(), [
    ["b", "c"],
    ["a", "b", "c"],
    ["b", "c"],
  ]);
});

test("GRP-18 allowed transitions, disallowed ones, by agents or by names", async () => {
  const [a, b, c] = trio();
  const ring = { a: ["b"], b: ["c"], c: ["a"] } as const;
  assert.deepEqual(
    await order([a, b, c], {
      maxRound: 4,
      speakerSelectionMethod: "auto",
      allowedOrDisallowedSpeakerTransitions: ring,
      speakerTransitionsType: "ALLOWED",
    }),
    ["b", "c", "a"],
  );
  const disallowed = new Map<Agent, readonly Agent[]>([
    [a, [c]],
    [b, [a]],
    [c, [b]],
  ]);
  const rest = { allowedOrDisallowedSpeakerTransitions: disallowed, speakerTransitionsType: "disallowed" } as const;
  assert.deepEqual(await order([a, b, c], { maxRound: 4, ...rest }), ["b", "c", "a"]);
});

test("GRP-18 D12-4 an agent without successors ends the run quietly, listed or not", async () => {
  for (const transitions of [{ a: ["b"] }, { a: ["b"], b: [], c: ["a"] }] as const) {
    const [a, b, c] = trio();
    const { chat, manager, told, events } = scene([a, b, c], {
      allowedOrDisallowedSpeakerTransitions: transitions,
      speakerTransitionsType: "allowed",
    });
    const { stopReason, stopDetail } = await a.initiateChat(manager, { message: "go", ...told });
    assert.deepEqual(said(chat.messages), ["a: go", "b: b says"]);
    assert.equal(stopReason, "no-eligible-speaker");
    assert.match(String(stopDetail), /no transition leads on from `b`/);
    assert.ok(events.some((event) => event.type === "warning" && event.code === "no-eligible-speaker"));
  }
});

test("GRP-18 an initiator from outside is not restricted", async () => {
  const agents = trio();
  const none = { allowedOrDisallowedSpeakerTransitions: {}, speakerTransitionsType: "allowed" } as const;
  assert.deepEqual(await order(agents, { maxRound: 5, ...none }, speaker("boss")), ["a"]);
});

test("D12-4 a filter for tools that leaves nobody of those who may follow gives way, with a warning", async () => {
  const [a0, a1, a2] = [withTools("a0"), withTools("a1", "f"), withTools("a2", "f")];
  const third = withTools("a3");
  const { chat, manager, told, events } = scene([a0, a1, a2, third], {
    maxRound: 2,
    allowedOrDisallowedSpeakerTransitions: { a0: ["a3"] },
    speakerTransitionsType: "allowed",
  });

  await a0.initiateChat(manager, { message: call("f"), ...told });

  assert.equal(chat.messages[1]?.name, "a3");
  assert.ok(events.some((event) => event.type === "warning" && event.code === "candidates-emptied"));
});

test("one agent is too few, two that may repeat are worth a warning", async () => {
  const [a, b] = trio();
  const alone = scene([a]);
  assert.match(
    String(await rejection(a.initiateChat(alone.manager, { message: "go", ...alone.told }))),
    /has 1 participant, too few/,
  );

  const two = scene([a, b], { maxRound: 2, speakerSelectionMethod: "random" });
  await a.initiateChat(two.manager, { message: "go", ...two.told });
  assert.ok(two.events.some((event) => event.type === "warning" && event.code === "small-group"));
});

test("no agents: the group cannot choose", async () => {
  const a = speaker("a");
  const { manager, told } = scene([]);
  assert.match(String(await rejection(a.initiateChat(manager, { message: "go", ...told }))), /has 0 participants, too few/);
});

test("selectSpeaker, manualSelectSpeaker and randomSelectSpeaker can be called directly", async () => {
  const [a, b, c] = trio();
  const { chat, manager } = scene([a, b, c]);
  assert.equal(await chat.selectSpeaker(b, manager), c);
  assert.ok([a, b].includes((await chat.randomSelectSpeaker(manager, [a, b])) as typeof a));
});

test("names that contain each other are told apart", async () => {
  const [x, xb, y] = [speaker("Alice"), speaker("Alice-B"), speaker("y")];
  const model = scriptedModel("Alice-B", "Alice");
  const { chat, manager, told } = scene(
    [x, xb, y],
    { maxRound: 3, speakerSelectionMethod: "auto" },
    { llmConfig: model.llmConfig },
  );

  await y.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["y: go", "Alice-B: Alice-B says", "Alice: Alice says"]);
});

test("a group chat may be asked without a manager of its own", async () => {
  const [a, b, c] = trio();
  const chat = new GroupChat({ agents: [a, b, c], speakerSelectionMethod: "round_robin" });
  const manager = new GroupChatManager({ groupChat: chat });
  assert.equal(await chat.selectSpeaker(a, manager), b);
});
