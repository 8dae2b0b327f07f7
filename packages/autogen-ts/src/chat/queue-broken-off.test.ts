/** Several chats of which one was broken off: by a budget, or by a call that waits for an approval. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { rejection } from "../../test/pairs.js";
import { call, sending } from "../../test/sending.js";
import { scriptedModel } from "../features/testing/index.js";
import {
  AssistantAgent,
  initiateChats,
  isAutogenError,
  memoryStream,
  registerFunction,
  tokenLimit,
  UserProxyAgent,
  type ChatEntry,
  type ChatResult,
  type RunEvent,
} from "../index.js";

const helper = (name: string, ...answers: readonly string[]): AssistantAgent =>
  new AssistantAgent({ name, llmConfig: scriptedModel(...answers).llmConfig });

const person = (sent: unknown[] = []): { readonly user: UserProxyAgent; readonly clerk: AssistantAgent } => {
  const user = new UserProxyAgent({
    name: "user",
    humanInputMode: "NEVER",
    codeExecutionConfig: false,
    toolExecution: { approver: "later" },
  });
  const model = scriptedModel({ tool_calls: [call("ann")] } as never, "Mailed. TERMINATE");
  const clerk = new AssistantAgent({ name: "clerk", llmConfig: model.llmConfig });
  registerFunction(sending(sent), { caller: clerk, executor: user });
  return { user, clerk };
};

const told = (): { readonly options: object; readonly warnings: string[] } => {
  const warnings: string[] = [];
  const onEvent = (event: RunEvent): void => void (event.type === "warning" && warnings.push(`${event.code}: ${event.text}`));
  return { options: { stream: memoryStream(), onEvent }, warnings };
};

const reasons = (results: Iterable<ChatResult>): readonly string[] => [...results].map(({ stopReason }) => stopReason);

test("D13-13 a shared budget that ends a chat ends the queue: the next chat could ask nothing", async () => {
  const { user } = person();
  const { options, warnings } = told();
  const queue = ["a", "b", "c"].map((name) => ({ sender: user, recipient: helper(name, "1", "2"), message: "m", maxTurns: 2 }));
  const results = await initiateChats(queue, { ...options, budget: { calls: 3 } });
  assert.deepEqual(reasons(results.values()), ["max-turns", "budget"]);
  assert.deepEqual(warnings, [
    "chats-waiting: Chat [1] of `user` with `b` ended by `budget`, so 1 of 3 chats did not start. Raise the budget, then pass the results as `resume`.",
  ]);
});

test("D13-13 with more budget, what was left goes on: finished chats are not held again, turns are counted on", async () => {
  const { user } = person();
  const models = ["a", "b", "c"].map(() => scriptedModel("1", "2"));
  const queue = models.map(({ llmConfig }, index) => ({
    sender: user,
    recipient: new AssistantAgent({ name: `agent${String(index)}`, llmConfig }),
    message: "m",
    maxTurns: 2,
  }));
  const { options } = told();
  const first = await initiateChats(queue, { ...options, budget: { calls: 3 } });
  const results = await initiateChats(queue, { ...options, resume: first });
  assert.deepEqual(
    [...results.values()].map(({ turns, summary, chatHistory }) => [turns, summary, chatHistory.length]),
    [
      [2, "2", 4],
      [2, "2", 4],
      [2, "2", 4],
    ],
  );
  assert.equal(results[0], first[0]);
  for (const model of models) model.assertComplete();
});

test("D13-13 chats that wait for one with an open approval are left, others are held; it is said which", async () => {
  const sent: unknown[] = [];
  const { user, clerk } = person(sent);
  const { options, warnings } = told();
  const queue = [
    { chatId: "report", sender: user, recipient: helper("writer", "R"), message: "Report", maxTurns: 1, prerequisites: ["mail"] },
    { chatId: "mail", sender: user, recipient: clerk, message: "Mail Ann" },
    { chatId: "aside", sender: user.clone("other"), recipient: helper("thinker", "T"), message: "Think", maxTurns: 1 },
  ];
  const results = await initiateChats(queue, options);
  assert.deepEqual(
    [...results].map(([id, { stopReason }]) => [id, stopReason]),
    [
      ["mail", "approval-pending"],
      ["aside", "max-turns"],
    ],
  );
  assert.match(warnings.join(), /^chats-waiting: Chat \[1\] of `user` with `clerk` ended by `approval-pending`, so 1 of 3 chats/);

  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve");
  const all = await initiateChats(queue, { ...options, resume: results });
  assert.deepEqual([...all.keys()], ["mail", "aside", "report"]);
  assert.deepEqual(sent, ["ann"]);
  assert.equal(all.get("report")?.chatHistory[0]?.content, "Report\nContext: \nMailed. ");
});

test("an open call is no subject for a summary by a model or a function", async () => {
  for (const summaryMethod of ["reflection_with_llm", () => assert.fail("asked")] as const) {
    const { user, clerk } = person();
    const { stopReason, summary } = await user.initiateChat(clerk, { message: "m", summaryMethod, ...told().options });
    assert.deepEqual([stopReason, summary], ["approval-pending", ""]);
  }
});

test("bad input: results of other chats, and what is no result, are refused before anything runs", async () => {
  const { user, clerk } = person();
  const [done] = await initiateChats([{ sender: user, recipient: helper("a", "1"), message: "m", maxTurns: 1 }], told().options);
  assert.ok(done);
  const entry: ChatEntry = { sender: user, recipient: clerk, message: "m" };
  const named: ChatEntry = { ...entry, chatId: "x" };
  for (const [queue, resume] of [
    [[entry], [done, done]],
    [[entry], [{}]],
    [[entry], [null]],
    [[named], [done]],
    [[named], new Map([["y", { ...done, chatId: "y" }]])],
  ] as const) {
    const error = await rejection(initiateChats(queue, { ...told().options, resume: resume as never }));
    assert.ok(isAutogenError(error, "invalid-option"), String(error));
    assert.match(error.message, /`resume` belongs to none of the 1 chats/);
  }
  for (const resume of [null, 1, {}, { turns: -1 }, { turns: 0.5 }]) {
    const error = await rejection(user.initiateChat(clerk, { ...told().options, resume: resume as never }));
    assert.ok(isAutogenError(error, "invalid-option"), String(error));
  }
  const nothing = await rejection(user.initiateChat(clerk, { ...told().options, resume: { turns: 1 } }));
  assert.match(String(nothing), /they have not said anything yet/);
});

test("a limit that a chat sets itself (`stopWhen`) is an end like others: what waits for it is held", async () => {
  const { user } = person();
  const { options, warnings } = told();
  const queue = ["a", "b"].map((name) => ({ sender: user, recipient: helper(name, "1"), message: "m", stopWhen: tokenLimit(1) }));
  const results = await initiateChats(queue, options);
  assert.deepEqual(reasons(results.values()), ["budget", "budget"]);
  assert.deepEqual([[...results.values()].map(({ isFinished }) => isFinished), warnings], [[true, true], []]);
});
