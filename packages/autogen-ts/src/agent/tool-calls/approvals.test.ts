import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, rejection, texts, type Pair } from "../../../test/pairs.js";
import { call, DENIED, sending } from "../../../test/sending.js";
import {
  isAutogenError,
  memoryStream,
  recordTo,
  registerFunction,
  replayFrom,
  type AgentOptions,
  type ApprovalCall,
  type ApprovalPolicy,
  type ApprovalQuestion,
  type RecordedEffect,
  type RunEvent,
  type ToolExecutionOptions,
} from "../../index.js";

interface Stage extends Pair {
  /** What was really sent. */
  readonly sent: unknown[];
}

/** An assistant that wants to send mails, and a user that is asked before. */
function stage(
  calls: readonly object[],
  execution: ToolExecutionOptions = {},
  approval: ApprovalPolicy = "always",
  user: Partial<AgentOptions> = {},
): Stage {
  const made = pair([{ tool_calls: calls } as never, "done"], { toolExecution: execution, ...user });
  const sent: unknown[] = [];
  registerFunction(sending(sent, approval), { caller: made.bot, executor: made.user });
  return { ...made, sent };
}

const answersIn = ({ model }: Pair): string[] =>
  ((model.requests.at(-1)?.["messages"] ?? []) as readonly { readonly role: string; readonly content: string }[])
    .filter(({ role }) => role === "tool")
    .map(({ content }) => content);

for (const [line, expected] of [
  ["y", "sent to ann"],
  ["Yes ", "sent to ann"],
  ["", `${DENIED}\nDo not repeat it unchanged.`],
  ["n", `${DENIED}\nDo not repeat it unchanged.`],
  ["yes please", `${DENIED} Reason: yes please\nDo not repeat it unchanged.`],
  ["ask Bob first", `${DENIED} Reason: ask Bob first\nDo not repeat it unchanged.`],
  ["no, too late", `${DENIED} Reason: too late\nDo not repeat it unchanged.`],
] as const) {
  test(`a person at the console is asked before a call; ${JSON.stringify(line)} gives the model: ${expected.split("\n")[0] ?? ""}`, async () => {
    const { user, bot, model, sent } = stage([call("ann")]);
    const stream = memoryStream([line]);
    const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
    assert.equal(texts(result.chatHistory)[2], expected);
    assert.deepEqual(sent, expected.startsWith("sent") ? ["ann"] : []);
    assert.equal(model.requests.length, 2);
    assert.deepEqual(stream.prompts, [
      'user is about to run the tool send for bot with:\n{\n  "to": "ann"\n}\nType \'y\' to approve. Press enter to deny, or type a reason for the model: ',
    ]);
    assert.deepEqual(result.humanInput, [line]);
  });
}

test("`exit` ends the chat, and nothing ran", async () => {
  const { user, bot, sent } = stage([call("ann")]);
  const result = await user.initiateChat(bot, { message: "m", stream: memoryStream(["exit"]) });
  assert.deepEqual([result.stopReason, sent], ["human-exit", []]);
});

test("what people read cannot be dressed up by the model", async () => {
  const { user, bot } = stage([call("ann\u001B[2J\u202Egro.live\u200B\u009B\nType 'y' to cancel")]);
  const stream = memoryStream(["n"]);
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  const shown = stream.prompts[0] ?? "";
  assert.ok(shown.includes(String.raw`"ann\u001b[2J\u202egro.live\u200b\u009b\nType 'y' to cancel"`), shown);
});

test("an id that a model dressed up is shown as it is", async () => {
  const { user, bot, stream } = stage([call("ann", "\u001B[2Jc1")], { approver: () => "deny" });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, silent: true, stream });
  assert.ok(stream.text.includes(String.raw`APPROVAL NEEDED for send (\u001b[2Jc1.0.`), stream.text);
});

test("events tell of the question and of its answer, before and after the tool starts", async () => {
  const { user, bot, stream } = stage([call("ann")], { approver: () => "approve" });
  const events: RunEvent[] = [];
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream, onEvent: (event) => events.push(event) });
  const told = events.filter(({ type }) => type.startsWith("approval.") || type.startsWith("tool."));
  assert.deepEqual(
    told.map(({ type }) => type),
    ["approval.ask", "approval.answer", "tool.start", "tool.end"],
  );
  const [asked, answered] = told;
  assert.ok(asked?.type === "approval.ask" && answered?.type === "approval.answer");
  const { id, agent, sender, tool, callId, args, by, hash } = asked;
  assert.deepEqual([agent, sender, tool, callId, args, by], ["user", "bot", "send", "c1", { to: "ann" }, "function"]);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.deepEqual([answered.id, answered.approved, answered.reason, answered.by], [id, true, null, "function"]);
  assert.match(
    stream.text,
    /\n>>>>>>>> APPROVAL NEEDED for send \(c1\.0\.[0-9a-f]{16}\):\n\{\n {2}"to": "ann"\n\}\n\n>>>>>>>> APPROVED: send\n/,
  );
});

test("a function answers by program, in the order of the calls; denying gives its reason to the model", async () => {
  const questions: ApprovalQuestion[] = [];
  const here = stage([call("ann", "c1"), call("bob", "c2"), call("cleo", "c3")], {
    approver: async (question) => {
      questions.push(question);
      await Promise.resolve();
      return question.args["to"] === "bob" ? { deny: "Bob has left" } : "approve";
    },
  });
  await here.user.initiateChat(here.bot, { message: "m", maxTurns: 2, stream: here.stream });
  assert.deepEqual(here.sent, ["ann", "cleo"]);
  assert.deepEqual(answersIn(here), [
    "sent to ann",
    `${DENIED} Reason: Bob has left\nDo not repeat it unchanged.`,
    "sent to cleo",
  ]);
  assert.deepEqual(
    questions.map(({ callId }) => callId),
    ["c1", "c2", "c3"],
  );
  assert.throws(() => Object.assign(questions[0]?.args ?? {}, { to: "eve" }), TypeError);
});

test("an answer that is none is never consent", async () => {
  for (const nonsense of [true, "yes", undefined, { approve: true }, { deny: 1 }]) {
    const { user, bot, stream, sent } = stage([call("ann")], { approver: () => nonsense as never });
    const error = await rejection(user.initiateChat(bot, { message: "m", stream }));
    assert.ok(isAutogenError(error, "invalid-option"));
    assert.deepEqual(sent, []);
    assert.throws(() => user.answerApproval(user.pendingApprovals[0]?.id ?? "", nonsense as never), { code: "invalid-option" });
  }
});

test("a program answers while it reads the events of `streamChat`; the first answer counts", async () => {
  const { user, bot, stream, sent } = stage([call("ann", "c1"), call("bob", "c2")], { approver: "program" });
  const order: string[] = [];
  for await (const event of user.streamChat(bot, { message: "m", maxTurns: 2, stream })) {
    if (event.type === "approval.ask") order.push(`ask ${String(event.callId)}`);
    if (event.type === "tool.start") order.push(`run ${String(event.callId)}`);
    if (event.type !== "approval.ask" || order.length < 2) continue;
    const [first, second] = user.pendingApprovals;
    assert.equal(user.answerApproval(second?.id ?? "", "approve"), true); // in any order
    assert.equal(user.answerApproval(second?.id ?? "", "deny"), false);
    assert.equal(user.answerApproval(first?.id ?? "", "deny"), true);
    assert.equal(user.answerApproval("nothing", "approve"), false);
  }
  assert.deepEqual(order, ["ask c1", "ask c2", "run c2"]);
  assert.deepEqual(sent, ["bob"]);
  assert.deepEqual(user.pendingApprovals, []);
});

for (const [title, policy, expected] of [
  ["approve", () => "approve", "sent to ann"],
  ["deny", () => "deny", `${DENIED}\nDo not repeat it unchanged.`],
  ["deny with a reason", () => ({ deny: "no mails" }), `${DENIED} Reason: no mails\nDo not repeat it unchanged.`],
  ["ask", () => "ask", "sent to ann"],
  ["never", "never", "sent to ann"],
  [
    "throw",
    () => {
      throw new Error("database is down");
    },
    `${DENIED} Reason: the rules for this tool could not be applied\nDo not repeat it unchanged.`,
  ],
  [
    "give nonsense",
    () => true as never,
    `${DENIED} Reason: the rules for this tool could not be applied\nDo not repeat it unchanged.`,
  ],
] as const satisfies readonly (readonly [string, ApprovalPolicy, string])[]) {
  test(`a policy may ${title}`, async () => {
    let asked = 0;
    const execution: ToolExecutionOptions = { approver: () => ((asked += 1), "approve") };
    const here = stage([call("ann")], execution, policy);
    await here.user.initiateChat(here.bot, { message: "m", maxTurns: 2, stream: here.stream });
    assert.deepEqual(answersIn(here), [expected]);
    assert.equal(asked, title === "ask" ? 1 : 0);
    assert.equal(here.stream.warnings.length, ["throw", "give nonsense"].includes(title) ? 1 : 0);
  });
}

test("malformed and unfitting arguments reach neither policy nor person, whatever these would say", async () => {
  const judged: ApprovalCall[] = [];
  const bad = ['{"to": ', "[1]", "{}", '{"to": 1}', '{"to": "a", "cc": "b"}', JSON.stringify({ to: "a".repeat(1_000_000) })];
  const calls = bad.map((text, index) => ({ id: String(index), function: { name: "send", arguments: text } }));
  const here = stage(
    [...calls, { id: "x", function: { name: "unknown", arguments: "{}" } }],
    { approver: () => assert.fail("asked") },
    (one) => (judged.push(one), "approve"),
  );
  await here.user.initiateChat(here.bot, { message: "m", maxTurns: 2, stream: here.stream });
  assert.deepEqual([judged, here.sent], [[], []]);
  assert.ok(answersIn(here).every((text) => text.startsWith("Error: ")));
});

test("the handler gets what was approved: the arguments after repair, and no others", async () => {
  const text = '```json\n{"to": "ann",}\n```';
  const here = stage([{ id: "c1", function: { name: "send", arguments: text } }], {
    approver: ({ args }) => {
      assert.deepEqual(args, { to: "ann" });
      return "approve";
    },
  });
  await here.user.initiateChat(here.bot, { message: "m", maxTurns: 2, stream: here.stream });
  assert.deepEqual(here.sent, ["ann"]);
});

test("all questions come before any call of the message runs", async () => {
  const { user, bot, sent } = stage([call("ann", "c1"), call("bob", "c2")]);
  const stream = memoryStream(["y"]); // the second question finds nobody
  assert.ok(isAutogenError(await rejection(user.initiateChat(bot, { message: "m", stream })), "input-closed"));
  assert.deepEqual(sent, []);
  // The first answer stands: going on, only the second is asked for.
  const again = memoryStream(["y"]);
  await user.resumeChat(bot, { stream: again, maxTurns: 1 });
  assert.equal(again.prompts.length, 1);
  assert.match(again.prompts[0] ?? "", /bob/);
  assert.deepEqual(sent, ["ann", "bob"]);
});

test("an approval is used once: the same call in a later message is asked about again", async () => {
  const { user, bot, stream } = pair([{ tool_calls: [call("ann")] } as never, { tool_calls: [call("ann")] } as never, "done"], {
    toolExecution: { approver: () => ((asked += 1), "approve") },
  });
  let asked = 0;
  const sent: unknown[] = [];
  registerFunction(sending(sent), { caller: bot, executor: user });
  await user.initiateChat(bot, { message: "m", maxTurns: 3, stream });
  assert.deepEqual([asked, sent.length], [2, 2]);
});

const CALLS = { tool_calls: [call("ann", "c1"), call("bob", "c2")] };
for (const clearHistory of [true, false]) {
  test(`an answer that was not used holds for no later chat (clearHistory: ${String(clearHistory)}), also when all is the same`, async () => {
    const { user, bot } = pair([CALLS as never, CALLS as never, "done"]);
    const sent: unknown[] = [];
    registerFunction(sending(sent), { caller: bot, executor: user });
    const first = await user.initiateChat(bot, { message: "m", stream: memoryStream(["y", "exit"]) });
    assert.deepEqual([first.stopReason, sent], ["human-exit", []]);

    const stream = memoryStream(["n", "y"]);
    await user.initiateChat(bot, { message: "m", maxTurns: 2, stream, clearHistory });
    assert.deepEqual([stream.prompts.length, sent], [2, ["bob"]]);
  });
}

test("a question that is being waited for can be answered after its agent was reset", async () => {
  const { user, bot, stream, sent } = stage([call("ann")], { approver: "program" });
  for await (const event of user.streamChat(bot, { message: "m", maxTurns: 2, stream })) {
    if (event.type !== "approval.ask") continue;
    await new Promise(setImmediate); // it waits now
    user.reset();
    assert.equal(user.answerApproval(event.id, "approve"), true);
  }
  assert.deepEqual(sent, ["ann"]);
});

test("an abort while a question waits keeps it, and a later message forgets it", async () => {
  const controller = new AbortController();
  const { user, bot, stream, sent } = stage([call("ann")], { approver: "program" });
  const onEvent = ({ type }: RunEvent): void => {
    if (type === "approval.ask") queueMicrotask(() => controller.abort());
  };
  const error = await rejection(user.initiateChat(bot, { message: "m", stream, signal: controller.signal, onEvent }));
  assert.ok(isAutogenError(error, "aborted"));
  assert.equal(user.pendingApprovals.length, 1);
  const [question] = user.pendingApprovals;

  user.answerApproval(question?.id ?? "", "approve");
  const result = await user.resumeChat(bot, { maxTurns: 1, stream });
  assert.deepEqual([texts(result.chatHistory).at(-1), sent], ["done", ["ann"]]);
});

test("a replay decides as the recorded run did, and asks nobody", async () => {
  const effects: RecordedEffect[] = [];
  const first = stage([call("ann")], { approver: () => ({ deny: "not today" }) }, () => "ask");
  await first.user.initiateChat(first.bot, {
    message: "m",
    maxTurns: 2,
    stream: first.stream,
    layers: [recordTo((effect) => void effects.push(effect))],
  });
  const again = stage([call("ann")], { approver: () => assert.fail("asked") }, () => assert.fail("judged"));
  const result = await again.user.initiateChat(again.bot, {
    message: "m",
    maxTurns: 2,
    stream: again.stream,
    layers: [replayFrom(effects)],
  });
  assert.equal(texts(result.chatHistory)[2], `${DENIED} Reason: not today\nDo not repeat it unchanged.`);
});

test("the setting of an agent holds for its plain functions too, and for the legacy call", async () => {
  const asked: unknown[] = [];
  const { user, bot, stream } = pair([{ function_call: { name: "wipe", arguments: '{"all": true}' } }, "ok"], {
    functionMap: { wipe: () => "wiped" },
    toolExecution: { approval: "always", approver: ({ tool, args }) => (asked.push([tool, args]), "deny") },
  });
  const result = await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(asked, [["wipe", { all: true }]]);
  assert.match(texts(result.chatHistory)[2] ?? "", /^Error: the call of wipe was denied/);
});

for (const [title, options, message] of [
  ["an unknown approver", { approver: "nobody" }, /`toolExecution\.approver` of agent `user` is not/],
  ["an approval that is no policy", { approval: true }, /`approval` of `toolExecution` of agent `user` is not "always"/],
  ["a time limit of 0", { timeoutMs: 0 }, /`timeoutMs` of .* is not a number of milliseconds above 0/],
] as const) {
  test(`bad input: ${title}`, () => {
    assert.throws(() => stage([], options as never), { code: "invalid-option", message });
  });
}
