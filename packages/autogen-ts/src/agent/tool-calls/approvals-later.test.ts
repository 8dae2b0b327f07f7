import assert from "node:assert/strict";
import { test } from "vitest";
import { rejection, texts, type Pair } from "../../../test/pairs.js";
import { call, DENIED, sending } from "../../../test/sending.js";
import { AssistantAgent, isAutogenError, memoryStream, registerFunction, UserProxyAgent } from "../../index.js";
import { scriptedModel } from "../../features/testing/index.js";

/** The agents as a program makes them, today and tomorrow. */
function makeAgents(replies: readonly object[], sent: unknown[]): Pick<Pair, "user" | "bot" | "model"> {
  const model = scriptedModel(...(replies as never[]));
  const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    maxConsecutiveAutoReply: 1,
    codeExecutionConfig: false,
    toolExecution: { approver: "later" },
  });
  registerFunction(sending(sent), { caller: bot, executor: user });
  return { user, bot, model };
}

async function pendingState(sent: unknown[], calls: readonly object[] = [call("ann")]): Promise<{ bot: unknown; user: unknown }> {
  const { user, bot } = makeAgents([{ tool_calls: calls }], sent);
  const result = await user.initiateChat(bot, { message: "Mail Ann.", stream: memoryStream() });
  assert.equal(result.stopReason, "approval-pending");
  return JSON.parse(JSON.stringify({ bot: bot.saveState(), user: user.saveState() })) as { bot: unknown; user: unknown };
}

for (const [title, answer, expected] of [
  ["approved", "approve", "sent to ann"],
  ["denied", { deny: "on holiday" }, `${DENIED} Reason: on holiday\nDo not repeat it unchanged.`],
] as const) {
  test(`a question can be answered much later, in another process: ${title}`, async () => {
    const sent: unknown[] = [];
    const state = await pendingState(sent);
    assert.deepEqual(sent, []);

    const tomorrow = makeAgents([{ content: "Done. TERMINATE" }], sent);
    tomorrow.bot.loadState(state.bot, { peers: [tomorrow.user] });
    tomorrow.user.loadState(state.user, { peers: [tomorrow.bot] });
    const [question] = tomorrow.user.pendingApprovals;
    assert.deepEqual([question?.tool, question?.args, question?.sender], ["send", { to: "ann" }, "bot"]);
    assert.equal(tomorrow.user.answerApproval(question?.id ?? "", answer), true);

    const result = await tomorrow.user.resumeChat(tomorrow.bot, { stream: memoryStream() });
    assert.deepEqual(texts(result.chatHistory), ["Mail Ann.", "", expected, "Done. TERMINATE"]);
    assert.deepEqual(sent, title === "approved" ? ["ann"] : []);
    assert.equal(result.stopReason, "termination-message");
    assert.deepEqual(tomorrow.user.pendingApprovals, []);
    assert.equal(tomorrow.user.saveState().approvals, undefined);
  });
}

test("an answer that came before saving is saved with its question; without an answer the chat stays where it is", async () => {
  const sent: unknown[] = [];
  const state = await pendingState(sent, [call("ann", "c1"), call("bob", "c2")]);
  const one = makeAgents([], sent);
  one.bot.loadState(state.bot, { peers: [one.user] });
  one.user.loadState(state.user, { peers: [one.bot] });
  one.user.answerApproval(one.user.pendingApprovals[0]?.id ?? "", "approve");
  assert.equal((await one.user.resumeChat(one.bot, { stream: memoryStream() })).stopReason, "approval-pending");
  assert.deepEqual(sent, []);

  const two = makeAgents([{ content: "Done. TERMINATE" }], sent);
  two.bot.loadState(JSON.parse(JSON.stringify(one.bot.saveState())), { peers: [two.user] });
  two.user.loadState(JSON.parse(JSON.stringify(one.user.saveState())), { peers: [two.bot] });
  assert.deepEqual(
    two.user.pendingApprovals.map(({ callId }) => callId),
    ["c2"],
  );
  two.user.answerApproval(two.user.pendingApprovals[0]?.id ?? "", "approve");
  await two.user.resumeChat(two.bot, { stream: memoryStream() });
  assert.deepEqual(sent, ["ann", "bob"]);
});

test("an approval holds for exactly these arguments: a changed call is asked about anew, a changed question is refused", async () => {
  const sent: unknown[] = [];
  const state = await pendingState(sent);
  const forged = JSON.parse(JSON.stringify(state).replaceAll(String.raw`{\\\"to\\\":\\\"ann\\\"}`, "?")) as typeof state;
  assert.deepEqual(forged, state); // the text below stands in the history as JSON inside of JSON
  const evil = JSON.parse(
    JSON.stringify(state).replaceAll(String.raw`{\"to\":\"ann\"}`, String.raw`{\"to\":\"eve\"}`),
  ) as typeof state;
  assert.notDeepEqual(evil, state);

  const { user, bot } = makeAgents([], sent);
  bot.loadState(evil.bot, { peers: [user] });
  user.loadState(evil.user, { peers: [bot] });
  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve"); // of what was shown: ann
  assert.equal((await user.resumeChat(bot, { stream: memoryStream() })).stopReason, "approval-pending");
  assert.deepEqual(sent, []);
  assert.deepEqual(user.pendingApprovals[0]?.args, { to: "eve" });

  const shown = JSON.parse(JSON.stringify(state).replaceAll('{"to":"ann"}', '{"to":"mum"}')) as typeof state;
  assert.throws(() => makeAgents([], sent).user.loadState(shown.user, { peers: [bot] }), {
    code: "invalid-state",
    message: /the arguments of a call of `send` that waits for approval were changed/,
  });
});

test("a call by program is asked about as well; with `later` it says that it waits", async () => {
  const sent: unknown[] = [];
  const { user } = makeAgents([], sent);
  const request = { name: "send", arguments: '{"to": "ann"}' };
  assert.ok(isAutogenError(await rejection(user.executeFunction(request)), "approval-pending"));
  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve");
  const [ok, { content }] = await user.executeFunction(request);
  assert.deepEqual([ok, content, sent], [true, "sent to ann", ["ann"]]);
});

test("damaged approvals in a saved state are refused before anything is changed", () => {
  const { user } = makeAgents([], []);
  const state = user.saveState();
  const { question } = { question: { id: "x", agent: "user", tool: "send", args: {}, hash: "?" } };
  for (const approvals of [1, [1], [{}], [{ question: {} }], [{ question, answer: "yes" }], [{ question }]]) {
    assert.throws(() => user.loadState({ ...state, approvals }, { peers: [] }), { code: "invalid-state" });
  }
});
