/** What people and programs decide on is what the tool gets: mended, with defaults and transformations. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { z } from "zod";
import { pair, type Pair } from "../../../test/pairs.js";
import {
  defineTool,
  memoryStream,
  registerFunction,
  type AgentOptions,
  type Json,
  type RunEvent,
  type Tool,
  type ToolExecutionOptions,
} from "../../index.js";

/** As models write: fenced, with a comma too many, a capital letter, spaces, and a copy that is left to the default. */
const WRITTEN = '```json\n{"to": " Ann@Example.org ",}\n```';
const SHOWN = { to: "ann@example.org", copies: 1, when: "2026-01-02T00:00:00.000Z" };

/** Notes what it gets. */
function sendLater(got: unknown[], approval: Tool["approval"] = "always"): Tool {
  const parameters = z.object({
    to: z.string().trim().toLowerCase(),
    copies: z.number().default(1),
    when: z.iso
      .date()
      .default("2026-01-02")
      .transform((day) => new Date(day)),
  });
  return defineTool({
    name: "send",
    description: "Sends a mail",
    parameters,
    ...(approval === undefined ? {} : { approval }),
    execute: (args) => (got.push(args), "sent"),
  });
}

function stage(tool: Tool, execution: ToolExecutionOptions, user: Partial<AgentOptions> = {}): Pair {
  const calls = [{ id: "c1", function: { name: "send", arguments: WRITTEN } }];
  const made = pair([{ tool_calls: calls }, "done"], { toolExecution: execution, ...user });
  registerFunction(tool, { caller: made.bot, executor: made.user });
  return made;
}

test("TOOL-21 a person at the console sees the arguments that the tool gets", async () => {
  const got: unknown[] = [];
  const { user, bot } = stage(sendLater(got), {});
  const stream = memoryStream(["y"]);
  let prompt = "";
  const onEvent = (event: RunEvent): void => void (event.type === "human.ask" && (prompt = event.prompt));
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream, onEvent });
  const shown = JSON.stringify(SHOWN, null, 2);
  assert.ok(prompt.startsWith(`user is about to run the tool send for bot with:\n${shown}\n`), prompt);
  assert.deepEqual(JSON.parse(JSON.stringify(got)), [SHOWN]);
});

test("TOOL-21 a policy and a function decide on the arguments that the tool gets", async () => {
  const got: unknown[] = [];
  const seen: unknown[] = [];
  const tool = sendLater(got, ({ args }) => (seen.push(args), "ask"));
  const { user, bot, stream } = stage(tool, { approver: ({ args }) => (seen.push(args), "approve") });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(seen, [SHOWN, SHOWN]);
  assert.equal(got.length, 1);
});

test("TOOL-21 a program, and whoever answers later, see the arguments that the tool gets; the hash is theirs", async () => {
  const got: unknown[] = [];
  const { user, bot, stream } = stage(sendLater(got), { approver: "program" });
  const asked: (RunEvent & { readonly type: "approval.ask" })[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type !== "approval.ask") return;
    asked.push(event);
    user.answerApproval(event.id, "approve");
  };
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream, onEvent });
  assert.deepEqual(asked[0]?.args, SHOWN);

  const later = stage(sendLater(got), { approver: "later" });
  await later.user.initiateChat(later.bot, { message: "m", stream });
  const [question] = later.user.pendingApprovals;
  assert.deepEqual([question?.args, question?.hash], [SHOWN, asked[0]?.hash]);
});

test("defaults of a JSON Schema are shown too", async () => {
  const seen: unknown[] = [];
  const parameters = { type: "object", properties: { to: { type: "string" }, copies: { type: "integer", default: 3 } } } as const;
  const tool = defineTool({ name: "send", description: "D", parameters, approval: "always", execute: () => "sent" });
  const { user, bot, stream } = stage(tool, { approver: ({ args }) => (seen.push(args), "deny") });
  await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
  assert.deepEqual(seen, [{ to: " Ann@Example.org ", copies: 3 }]);
});

for (const [title, transform, shown] of [
  ["a text", ({ to }: { to: string }): unknown => to.trim(), { value: "Ann@Example.org" }],
  ["a list", ({ to }: { to: string }): unknown => [to.trim()], { value: ["Ann@Example.org"] }],
  ["a map", ({ to }: { to: string }): unknown => new Map([["to", to.trim()]]), { to: "Ann@Example.org" }],
  ["bytes, of which there is no JSON", (): unknown => ({ file: new Uint8Array(3) }), { to: " Ann@Example.org " }],
] as const) {
  test(`a schema that makes ${title} of arguments: it is said what can be said`, async () => {
    const seen: Json[] = [];
    const parameters = z.object({ to: z.string() }).transform(transform);
    const tool = defineTool({ name: "send", description: "D", parameters, approval: "always", execute: () => "sent" });
    const { user, bot, stream } = stage(tool, { approver: ({ args }) => (seen.push(args), "deny") });
    await user.initiateChat(bot, { message: "m", maxTurns: 2, stream });
    assert.deepEqual(seen, [shown]);
  });
}

test("TOOL-21 later, a schema that gives something else than what was shown is asked about anew", async () => {
  let day = 1;
  const got: unknown[] = [];
  const parameters = z.object({ to: z.string(), day: z.number().default(() => day) });
  const tool = defineTool({ name: "send", description: "D", parameters, approval: "always", execute: (args) => got.push(args) });
  const { user, bot, stream } = stage(tool, { approver: "later" });
  await user.initiateChat(bot, { message: "m", stream });
  user.answerApproval(user.pendingApprovals[0]?.id ?? "", "approve");
  day = 2;
  const { stopReason } = await user.resumeChat(bot, { stream });
  assert.deepEqual([stopReason, got], ["approval-pending", []]);
  assert.equal(user.pendingApprovals[0]?.args["day"], 2);
});
