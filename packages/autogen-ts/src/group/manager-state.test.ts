import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker } from "../../test/groups.js";
import { call, sending } from "../../test/sending.js";
import { UserProxyAgent, type ConversableAgent, type GroupChatManager, type MessageDraft } from "../index.js";
import { scriptedModel } from "../features/testing/index.js";

/** A group as a program makes it, today and tomorrow. */
function makeGroup(chosen: readonly string[], maxRound = 3) {
  const agents = [speaker("a"), speaker("b"), speaker("c")] as const;
  const model = scriptedModel(...chosen);
  const options = {
    maxRound,
    speakerSelectionMethod: "auto",
    sendIntroductions: true,
    contextVariables: { patient: "Ann", visits: 0 },
  } as const;
  return { ...scene(agents, options, { llmConfig: model.llmConfig }), agents, model };
}

type States = Record<string, unknown>;
type Saved = { readonly agents: readonly ConversableAgent[]; readonly manager: GroupChatManager };

const saveAll = ({ agents, manager }: Saved): States =>
  JSON.parse(JSON.stringify(Object.fromEntries([...agents, manager].map((agent) => [agent.name, agent.saveState()])))) as States;

function loadAll({ agents, manager }: Saved, states: States): void {
  manager.loadState(states[manager.name]);
  for (const agent of agents) agent.loadState(states[agent.name], { peers: [manager] });
}

async function today(): Promise<ReturnType<typeof makeGroup> & { readonly states: States }> {
  const group = makeGroup(["b", "c", "b", "a"]);
  group.chat.contextVariables.set("visits", 1);
  await group.agents[0].initiateChat(group.manager, { message: "one", clearHistory: false, ...group.told });
  return { ...group, states: saveAll(group) };
}

test("a saved group goes on in another process as it would have here, to the byte", async () => {
  const first = await today();
  const second = makeGroup(["b", "a"]);
  loadAll(second, first.states);
  const next = { message: "two", clearHistory: false } as const;
  await first.agents[0].initiateChat(first.manager, { ...next, ...first.told });
  await second.agents[0].initiateChat(second.manager, { ...next, ...second.told });

  assert.deepEqual(said(second.chat.messages), ["a: one", "b: b says", "c: c says", "a: two", "b: b says", "a: a says"]);
  assert.equal(JSON.stringify(second.model.requests), JSON.stringify(first.model.requests.slice(2)));
  assert.equal(JSON.stringify(saveAll(second)), JSON.stringify(saveAll(first)));
  // D12-8: the team was presented before, and is not again.
  assert.equal(
    second.agents[1].historyWith(second.manager).filter(({ content }) => content === second.chat.introductionsMsg()).length,
    1,
  );
});

test("context variables come back as they were, and a cleared history still starts with those of the options", async () => {
  const { states } = await today();
  const group = makeGroup(["b", "c"]);
  group.chat.contextVariables.set("other", true);
  loadAll(group, states);
  assert.deepEqual(group.chat.contextVariables.toJSON(), { patient: "Ann", visits: 1 });
  await group.agents[0].initiateChat(group.manager, { message: "anew", ...group.told });
  assert.deepEqual(group.chat.contextVariables.toJSON(), { patient: "Ann", visits: 0 });
});

test("what is said after saving does not change what was saved", async () => {
  const { agents, chat, manager, told } = await today();
  const state = manager.saveState();
  const before = JSON.stringify(state);
  chat.contextVariables.set("visits", 2);
  await agents[0].initiateChat(manager, { message: "two", clearHistory: false, ...told });
  assert.equal(JSON.stringify(state), before);
});

test("somebody from outside who talked with the manager is handed in as a peer", async () => {
  const boss = speaker("boss");
  const { manager, told } = makeGroup(["b", "c"], 2);
  await boss.initiateChat(manager, { message: "go", ...told });
  const state: unknown = JSON.parse(JSON.stringify(manager.saveState()));
  const other = makeGroup([]);
  assert.throws(() => other.manager.loadState(state), {
    code: "invalid-state",
    message: /`boss`, which is not among the `peers`/,
  });
  assert.equal(other.chat.messages.length, 0);
  other.manager.loadState(state, { peers: [boss] });
  assert.deepEqual(said(other.chat.messages), ["boss: go", "b: b says"]);
});

const BAD: readonly (readonly [title: string, change: (state: Record<string, unknown>) => unknown, message: RegExp])[] = [
  ["the state of an agent", ({ group: _group, ...state }) => state, /no `group`, so it is not the state of a manager/],
  ["a newer version", (state) => ({ ...state, format: 99 }), /newer than this version/],
  ["null", () => null, /no object/],
  ["another manager", (state) => ({ ...state, name: "other" }), /state of `other`/],
  ["a damaged transcript", (state) => ({ ...state, group: { ...(state["group"] as object), messages: {} } }), /`messages`/],
  [
    "a damaged message",
    (state) => ({ ...state, group: { ...(state["group"] as object), messages: [7] } }),
    /message in it is damaged/,
  ],
  ["damaged variables", (state) => ({ ...state, group: { ...(state["group"] as object), variables: [] } }), /`variables`/],
  [
    "no word on introductions",
    (state) => ({ ...state, group: { ...(state["group"] as object), introduced: 1 } }),
    /`introduced`/,
  ],
];
for (const [title, change, message] of BAD) {
  test(`bad input: ${title} is refused, and nothing is changed`, async () => {
    const { manager, states } = await today();
    const before = JSON.stringify(manager.saveState());
    assert.throws(() => manager.loadState(change(states["mgr"] as Record<string, unknown>)), { code: "invalid-state", message });
    assert.equal(JSON.stringify(manager.saveState()), before);
  });
}

test("a call that waits for approval is answered in another process, and the group goes on", async () => {
  const sent: unknown[] = [];
  const make = () => {
    const user = new UserProxyAgent({
      name: "user",
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      toolExecution: { approver: "later" },
    });
    user.registerForExecution(sending(sent));
    const wish = { content: null, tool_calls: [call("ann")] } as MessageDraft;
    const agents = [user, speaker("writer", wish), speaker("critic", "Well done.")] as const;
    return { ...scene(agents, { maxRound: 4 }), agents };
  };
  const before = make();
  await before.agents[0].initiateChat(before.manager, { message: "Mail Ann.", ...before.told });
  const after = make();
  loadAll(after, saveAll(before));
  const [user] = after.agents;
  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve");
  after.chat.speakerSelectionMethod = () => "critic";
  await user.resumeChat(after.manager, { ...after.told });

  assert.deepEqual(sent, ["ann"]);
  assert.deepEqual(said(after.chat.messages).slice(0, 4), [
    "user: Mail Ann.",
    "writer: ",
    "user: sent to ann",
    "critic: Well done.",
  ]);
});
