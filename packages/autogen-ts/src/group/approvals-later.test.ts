import assert from "node:assert/strict";
import { test } from "vitest";
import { said, scene, speaker, type Scene } from "../../test/groups.js";
import { call, sending } from "../../test/sending.js";
import { scriptedModel } from "../features/testing/index.js";
import { AssistantAgent, GroupChat, GroupChatManager, UserProxyAgent, type MessageDraft } from "../index.js";

const CALL = { content: null, tool_calls: [call("ann")] } as MessageDraft;

interface Stage extends Scene {
  readonly user: UserProxyAgent;
  readonly writer: ReturnType<typeof speaker>;
  readonly critic: ReturnType<typeof speaker>;
}

/** `user` asks, `writer` wants to send a mail, which `user` runs once somebody has agreed to it. */
function stage(sent: unknown[], maxRound = 5): Stage {
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    defaultAutoReply: "Thank you.",
    toolExecution: { approver: "later" },
  });
  user.registerForExecution(sending(sent));
  const writer = speaker("writer", [CALL, "Sent."]);
  const critic = speaker("critic", "Well done.");
  return { ...scene([user, writer, critic], { maxRound }), user, writer, critic };
}

for (const [title, maxTurns, from] of [
  ["started by whoever runs the tool", null, "user"],
  ["with turns", 3, "user"],
  ["with turns, started by another", 3, "critic"],
] as const) {
  test(`a call that waits for approval ends the run of the group, and nothing is said after it: ${title}`, async () => {
    const sent: unknown[] = [];
    const { chat, manager, told, user, writer, critic } = stage(sent);
    manager.groupChat.speakerSelectionMethod = (_last, { messages }) => (messages.length === 1 ? "writer" : "round_robin");

    const result = await (from === "user" ? user : critic).initiateChat(manager, { message: "Mail Ann.", maxTurns, ...told });

    assert.equal(result.stopReason, "approval-pending");
    assert.deepEqual(said(chat.messages), [`${from}: Mail Ann.`, "writer: "]);
    for (const agent of [user, writer, critic]) assert.equal(agent.historyWith(manager).length, 2, agent.name);
    assert.deepEqual(
      user.pendingApprovals.map(({ tool, args, sender }) => ({ tool, args, sender })),
      [{ tool: "send", args: { to: "ann" }, sender: "mgr" }],
    );
    assert.deepEqual(sent, []);
  });
}

test("once it is answered, whoever runs the tool resumes, and the group goes on with the result", async () => {
  const sent: unknown[] = [];
  const { chat, manager, told, user, writer, critic } = stage(sent);
  await user.initiateChat(manager, { message: "Mail Ann.", ...told });
  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve");

  const result = await user.resumeChat(manager, { ...told });

  assert.deepEqual(sent, ["ann"]);
  // Five messages, as without the pause.
  assert.deepEqual(said(chat.messages), [
    "user: Mail Ann.",
    "writer: ",
    "user: sent to ann",
    "writer: Sent.",
    "critic: Well done.",
  ]);
  assert.equal(result.stopReason, "max-round");
  for (const agent of [user, writer, critic]) {
    const history = agent.historyWith(manager);
    assert.equal(history.length, chat.messages.length, agent.name);
    assert.deepEqual(
      history.flatMap((message, index) => ("tool_calls" in message ? [index] : [])),
      [1],
      agent.name,
    );
    assert.equal(history[2]?.role, "tool", agent.name);
  }
});

test("without an answer, resuming leaves everything where it was", async () => {
  const sent: unknown[] = [];
  const { chat, manager, told, user, critic } = stage(sent);
  await user.initiateChat(manager, { message: "Mail Ann.", ...told });

  const result = await user.resumeChat(manager, { ...told });

  assert.equal(result.stopReason, "approval-pending");
  assert.deepEqual([chat.messages.length, critic.historyWith(manager).length], [2, 2]);
  assert.deepEqual(sent, []);
});

test("a group inside of a group stops the outer one too; resumed, its result is handed to the outer one", async () => {
  const sent: unknown[] = [];
  const inner = stage(sent);
  const boss = speaker("boss", "So be it.");
  const outer = new GroupChatManager({
    name: "board",
    groupChat: new GroupChat({ agents: [boss, inner.manager], speakerSelectionMethod: "round_robin", maxRound: 3 }),
  });

  const { stopReason } = await boss.initiateChat(outer, { message: "Mail Ann.", maxTurns: 2, ...inner.told });
  assert.equal(stopReason, "approval-pending");
  assert.deepEqual(said(outer.groupChat.messages), ["boss: Mail Ann."]);

  inner.user.answerApproval(inner.user.pendingApprovals[0]?.id ?? "", "approve");
  const { summary } = await inner.user.resumeChat(inner.manager, { ...inner.told });
  assert.deepEqual(sent, ["ann"]);
  await inner.manager.initiateChat(outer, { message: String(summary), clearHistory: false, ...inner.told });
  assert.deepEqual(said(outer.groupChat.messages).slice(0, 3), ["boss: Mail Ann.", `mgr: ${String(summary)}`, "boss: So be it."]);
});

test("a loop inside of an inner group ends the outer one too", async () => {
  const model = scriptedModel(...Array.from({ length: 40 }, () => "again"));
  const inner = scene(
    [1, 2].map((index) => new AssistantAgent({ name: `x${String(index)}`, llmConfig: model.llmConfig })),
    {
      maxRound: 20,
    },
  );
  const boss = speaker("boss");
  const outer = scene([boss, inner.manager], { maxRound: 4 });
  const outside = new GroupChatManager({ name: "board", groupChat: outer.chat });
  const { stopReason } = await boss.initiateChat(outside, { message: "go", loopDetection: true, ...outer.told });
  assert.equal(stopReason, "loop");
  assert.deepEqual(said(outer.chat.messages), ["boss: go"]);
});
