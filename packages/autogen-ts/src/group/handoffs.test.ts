import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { texts } from "../../test/pairs.js";
import { scriptedModel, type ScriptedReply } from "../features/testing/index.js";
import {
  AssistantAgent,
  ConversableAgent,
  defineTool,
  registerFunction,
  type Agent,
  type GroupChatOptions,
  type Message,
  type RunEvent,
  type SpeakerMethod,
  type ToolContext,
} from "../index.js";

const transfer = (to: string, id = "t") => ({
  id,
  type: "function" as const,
  function: { name: `transfer_to_${to}`, arguments: "{}" },
});
const calls = (...tool_calls: readonly ReturnType<typeof transfer>[]) => ({ content: null, tool_calls });

function assistant(name: string, ...replies: readonly ScriptedReply[]) {
  const model = scriptedModel(...replies);
  const agent = new AssistantAgent({
    name,
    systemMessage: `You are ${name}.`,
    description: `${name} does things.`,
    llmConfig: model.llmConfig,
  });
  return { agent, model };
}

const selections = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === "speaker.selected" ? [`${event.method}: ${event.agent}`] : []));

const names = (messages: unknown) =>
  (messages as readonly { readonly function: { readonly name: string } }[]).map(({ function: { name } }) => name);

for (const method of ["auto", "round_robin", "random", (() => null) as never] satisfies readonly (SpeakerMethod | never)[]) {
  test(`a model passes the turn by a tool, whatever the method is (${typeof method === "string" ? method : "a selector"})`, async () => {
    const triage = assistant("triage", calls(transfer("doctor")));
    const doctor = assistant("doctor", "Take a rest.");
    const user = speaker("user");
    const agents: readonly Agent[] = [user, triage.agent, speaker("nurse"), doctor.agent];
    const { chat, manager, told, events } = scene(agents, {
      maxRound: 5,
      // The first turn goes to triage by a rule, so that only handoffs decide here.
      speakerSelectionMethod: method,
      afterTurn: { user: "triage", doctor: "terminate" },
      handoffs: { triage: [{ to: "doctor" }, { to: "nurse", description: "for bandages" }] },
    });

    const result = await user.initiateChat(manager, { message: "My arm hurts.", ...told });

    assert.deepEqual(said(chat.messages), [
      "user: My arm hurts.",
      "triage: ",
      "triage: The turn goes to doctor.",
      "doctor: Take a rest.",
    ]);
    assert.deepEqual(selections(events), ["handoff: triage", "handoff: triage", "handoff: doctor"]);
    assert.equal(result.stopReason, "terminated");
    assert.match(String(result.stopDetail), /`doctor` ended the conversation/);
    const [asked] = triage.model.requests;
    assert.deepEqual(names(asked?.["tools"]), ["transfer_to_doctor", "transfer_to_nurse"]);
    assert.match(JSON.stringify(asked?.["tools"]), /Pass the turn to doctor\. doctor does things\..*for bandages/);
    assert.equal(doctor.model.requests[0]?.["tools"], undefined, "only those who may pass the turn on get tools");
  });
}

test("a call of a handoff is answered, so that every later request is complete", async () => {
  const triage = assistant("triage", calls(transfer("doctor"), transfer("nurse", "u")));
  const doctor = assistant("doctor", "Rest.");
  const user = speaker("user");
  const { manager, told } = scene([user, triage.agent, doctor.agent, speaker("nurse")], {
    maxRound: 4,
    handoffs: { triage: [{ to: "doctor" }, { to: "nurse" }] },
  });

  await user.initiateChat(manager, { message: "help", ...told });

  const messages = doctor.model.requests[0]?.["messages"] as readonly Record<string, unknown>[];
  assert.deepEqual(
    messages.slice(-2).map(({ role, tool_call_id, content }) => [role, tool_call_id, content]),
    [
      ["tool", "t", "The turn goes to doctor."],
      ["tool", "u", "The turn goes to doctor already."],
    ],
  );
});

test("a call beside other tools: their owner answers all, then the turn passes on", async () => {
  const both = {
    content: null,
    tool_calls: [{ id: "l", type: "function" as const, function: { name: "look_up", arguments: "{}" } }, transfer("doctor")],
  };
  const triage = assistant("triage", both);
  const doctor = assistant("doctor", "Rest.");
  const desk = new ConversableAgent({ name: "desk", humanInputMode: "NEVER", functionMap: { look_up: () => "room 4" } });
  const user = speaker("user");
  const { chat, manager, told } = scene([user, triage.agent, desk, doctor.agent], {
    maxRound: 4,
    handoffs: { triage: [{ to: "doctor" }] },
  });

  await user.initiateChat(manager, { message: "help", ...told });

  assert.deepEqual(said(chat.messages).slice(2), ["desk: room 4\n\nThe turn goes to doctor.", "doctor: Rest."]);
});

test("a model that calls a handoff it does not have is told so", async () => {
  const triage = assistant("triage", calls(transfer("boss")), "sorry");
  const user = speaker("user");
  const { chat, manager, told } = scene([user, triage.agent, speaker("boss")], {
    maxRound: 4,
    handoffs: { triage: [{ to: "user" }], user: [{ to: "boss" }] },
    afterTurn: { triage: "stay" },
  });

  await user.initiateChat(manager, { message: "help", ...told });

  assert.deepEqual(said(chat.messages).slice(1), [
    "triage: ",
    "triage: Error: Function transfer_to_boss not found.",
    "triage: sorry",
  ]);
});

for (const [title, handoffs, message, expected] of [
  ["a text", [{ to: "c", when: { text: "urgent" } }], "it is urgent", "c"],
  ["a pattern", [{ to: "c", when: { text: /URG/i } }], "it is urgent", "c"],
  ["no match", [{ to: "c", when: { text: "urgent" } }], "take your time", "b"],
  ["a variable", [{ to: "c", when: { variable: "vip" } }], "x", "c"],
  ["a variable that is false", [{ to: "c", when: { variable: "old" } }], "x", "b"],
  ["a variable with a value", [{ to: "c", when: { variable: "level", is: 3 } }], "x", "c"],
  ["a function", [{ to: "c", when: ({ message: { content } }) => content === "now" }], "now", "c"],
  [
    "an asynchronous function",
    [{ to: "c", when: async ({ variables }) => await Promise.resolve(variables.has("vip")) }],
    "x",
    "c",
  ],
  [
    "the first that holds",
    [
      { to: "b", when: { text: "no" } },
      { to: "c", when: { text: "x" } },
      { to: "b", when: { text: "x" } },
    ],
    "x",
    "c",
  ],
] as const satisfies readonly (readonly [string, NonNullable<GroupChatOptions["handoffs"]>[string], string, string])[]) {
  test(`a condition decides: ${title}`, async () => {
    const a = speaker("a");
    const { chat, manager, told } = scene([a, speaker("b"), speaker("c")], {
      maxRound: 2,
      handoffs: { a: handoffs },
      contextVariables: { vip: true, old: false, level: 3 },
    });

    await a.initiateChat(manager, { message, ...told });

    assert.equal(chat.messages[1]?.name, expected);
  });
}

test("after a turn: stay, return, terminate, or somebody", async () => {
  const [a, b, c] = [speaker("a"), speaker("b", ["b1", "b2", "b3 done"]), speaker("c")];
  const { chat, manager, told, events } = scene([a, b, c], {
    maxRound: 9,
    handoffs: {
      b: [
        { to: "c", when: { text: "b2" } },
        { to: "terminate", when: { text: "done" } },
      ],
    },
    afterTurn: { a: "b", b: "stay", c: "return" },
  });

  const result = await a.initiateChat(manager, { message: "go", ...told });

  assert.deepEqual(said(chat.messages), ["a: go", "b: b1", "b: b2", "c: c says", "b: b3 done"]);
  assert.deepEqual(selections(events), ["handoff: b", "handoff: b", "handoff: c", "handoff: b"]);
  assert.equal(result.stopReason, "terminated");
});

test("return without a handoff before leaves the choice to the method", async () => {
  const a = speaker("a");
  const { chat, manager, told } = scene([a, speaker("b"), speaker("c")], { maxRound: 2, afterTurn: { a: "return" } });
  await a.initiateChat(manager, { message: "go", ...told });
  assert.equal(chat.messages[1]?.name, "b");
});

test("context variables: tools write them, system messages and conditions read them, a new chat has those of the options", async () => {
  const find = defineTool({
    name: "find_patient",
    description: "Finds a patient",
    parameters: { type: "object", properties: {} },
    execute: (_input, context: ToolContext) => {
      context.variables?.set("patient", "Ann");
      context.variables?.set("level", { of: 3 });
      return "found";
    },
  });
  const desk = assistant("desk", {
    content: null,
    tool_calls: [{ id: "f", type: "function", function: { name: "find_patient", arguments: "{}" } }],
  });
  const model = scriptedModel("Hello Ann.");
  const doctor = new AssistantAgent({
    name: "doctor",
    systemMessage: "Treat {patient} at {level}; keep {this} and {}.",
    llmConfig: model.llmConfig,
  });
  const user = speaker("user");
  registerFunction(find, { caller: desk.agent, executor: user });
  const { chat, manager, told } = scene([user, desk.agent, doctor], {
    maxRound: 4,
    contextVariables: { patient: "nobody", ward: "A" },
    handoffs: { user: [{ to: "doctor", when: { variable: "patient", is: "Ann" } }] },
  });

  await user.initiateChat(manager, { message: "help", ...told });

  assert.deepEqual(chat.contextVariables.toJSON(), { patient: "Ann", ward: "A", level: { of: 3 } });
  const [system] = (model.requests[0]?.["messages"] ?? []) as readonly { readonly content: string }[];
  assert.equal(system?.content, 'Treat Ann at {"of":3}; keep {this} and {}.');

  chat.maxRound = 1;
  await user.initiateChat(manager, { message: "again", ...told });
  assert.deepEqual(chat.contextVariables.toJSON(), { patient: "nobody", ward: "A" });
});

test("outside of groups system messages keep their braces", async () => {
  const { agent, model } = assistant("bot", "hi");
  agent.updateSystemMessage("Hello {patient}");
  const user = speaker("user");
  const { told } = scene([]);
  await user.initiateChat(agent, { message: "x", maxTurns: 1, ...told });
  assert.deepEqual(texts(((model.requests[0]?.["messages"] ?? []) as readonly Message[]).slice(0, 1)), ["Hello {patient}"]);
});

test("a chat inside of a turn is offered no handoffs of the group", async () => {
  const helper = assistant("triage", "inner answer");
  const triage = assistant("triage", "outer answer");
  const user = speaker("user");
  triage.agent.registerReply([() => true], async (_me, _messages, sender, _config, { run }) => {
    if (sender !== null && "groupChat" in sender)
      await speaker("asking").initiateChat(helper.agent, { message: "?", maxTurns: 1, run });
    return [false, null];
  });
  const { manager, told } = scene([user, triage.agent], { maxRound: 2, handoffs: { triage: [{ to: "user" }] } });

  await user.initiateChat(manager, { message: "go", ...told });

  assert.equal(helper.model.requests[0]?.["tools"], undefined);
  assert.deepEqual(names(triage.model.requests[0]?.["tools"]), ["transfer_to_user"]);
});
