import assert from "node:assert/strict";
import { test } from "vitest";
import { pair, texts } from "../../test/pairs.js";
import { ConversableAgent, memoryStream, type HumanInputMode } from "../index.js";

type Prompt = "always" | "skip" | "stop" | null;
type Outcome = "auto" | "stop" | { readonly human: string };
interface Row {
  readonly mode: HumanInputMode;
  /** Whether the message ends the chat. */
  readonly terminating: boolean;
  /** Automatic answers given before, and their limit. */
  readonly count: number;
  readonly max: number;
  readonly input: string | null;
  readonly prompt: Prompt;
  readonly outcome: Outcome;
  readonly printed: readonly ("no input" | "auto reply")[];
}

const always = (terminating: boolean, max: number, input: string, outcome: Outcome, printed: Row["printed"] = []): Row => ({
  mode: "ALWAYS",
  terminating,
  count: 3,
  max,
  input,
  prompt: "always",
  outcome,
  printed,
});
const terminate = (
  terminating: boolean,
  count: number,
  max: number,
  [prompt, input]: readonly [Prompt, string | null],
  outcome: Outcome,
  printed: Row["printed"] = [],
): Row => ({ mode: "TERMINATE", terminating, count, max, input, prompt, outcome, printed });
const never = (terminating: boolean, count: number, max: number, outcome: Outcome): Row => ({
  mode: "NEVER",
  terminating,
  count,
  max,
  input: null,
  prompt: null,
  outcome,
  printed: [],
});

/** Chapter 10, section 11: every row of the table with every kind of input. */
const TABLE: readonly Row[] = [
  always(true, 9, "", "stop", ["no input"]),
  always(true, 9, "exit", "stop"),
  always(true, 9, "text", { human: "text" }),
  always(false, 2, "", "auto", ["no input", "auto reply"]),
  always(false, 2, "exit", "stop"),
  always(false, 2, "text", { human: "text" }),
  always(false, 0, "", { human: "" }, ["no input"]),
  always(false, 0, "exit", "stop"),
  always(false, 0, "text", { human: "text" }),
  terminate(false, 0, 9, [null, null], "auto", ["auto reply"]),
  terminate(true, 0, 9, ["stop", ""], "stop", ["no input"]),
  terminate(true, 0, 9, ["stop", "exit"], "stop"),
  terminate(true, 0, 9, ["stop", "text"], { human: "text" }),
  terminate(true, 9, 9, ["stop", ""], "stop", ["no input"]),
  terminate(true, 9, 9, ["stop", "text"], { human: "text" }),
  terminate(false, 2, 2, ["skip", ""], "auto", ["no input", "auto reply"]),
  terminate(false, 2, 2, ["skip", "exit"], "stop"),
  terminate(false, 2, 2, ["skip", "text"], { human: "text" }),
  terminate(false, 0, 0, ["skip", ""], { human: "" }, ["no input"]),
  terminate(false, 0, 0, ["skip", "exit"], "stop"),
  terminate(false, 0, 0, ["skip", "text"], { human: "text" }),
  never(false, 0, 9, "auto"),
  never(true, 0, 9, "stop"),
  never(false, 2, 2, "stop"),
];

const PROMPTS: Readonly<Record<Exclude<Prompt, null>, RegExp>> = {
  always: /agent.*sender.*Press enter.*'exit'/s,
  skip: /sender.*Press enter to use the automatic reply.*'exit' to stop/s,
  stop: /sender.*Press enter or type 'exit' to stop/s,
};

for (const row of TABLE) {
  const { mode, terminating, count, max, input, outcome } = row;
  const title = `${mode}, ${terminating ? "ending" : "ordinary"} message, ${String(count)} of ${String(max)}, input ${JSON.stringify(input)}`;
  test(`CONV-23 ${title}: ${JSON.stringify(outcome)}`, async () => {
    const sender = new ConversableAgent({ name: "sender" });
    const agent = new ConversableAgent({
      name: "agent",
      humanInputMode: mode,
      maxConsecutiveAutoReply: max,
      defaultAutoReply: "default",
    });
    for (let index = 0; index < count; index += 1) agent.countAutoReply(sender);
    const stream = memoryStream(input === null ? [] : [input]);

    // The sender takes the reply but does not answer it.
    await sender.initiateChat(new Relay(agent, sender), { message: terminating ? "TERMINATE" : "hi", maxTurns: 1, stream });

    const reply = texts(agent.chatMessages.get(sender) ?? []).slice(1);
    const expected = { auto: ["default"], stop: [] };
    assert.deepEqual(reply, typeof outcome === "string" ? expected[outcome] : [outcome.human]);
    assert.equal(stream.prompts.length, row.prompt === null ? 0 : 1);
    if (row.prompt !== null) assert.match(stream.prompts[0] ?? "", PROMPTS[row.prompt]);
    const lines = stream.text.split("\n").filter((line) => line.startsWith(">>>>>>>>"));
    const printed = { "no input": ">>>>>>>> NO HUMAN INPUT RECEIVED.", "auto reply": ">>>>>>>> USING AUTO REPLY..." };
    assert.deepEqual(
      lines,
      row.printed.map((line) => printed[line]),
    );
    assert.equal(agent.autoReplyCount(sender), outcome === "auto" ? count + 1 : 0);
  });
}

/** Passes a message on without the preparation of a chat, which would reset the counter under test. */
class Relay extends ConversableAgent {
  constructor(
    readonly agent: ConversableAgent,
    readonly from: ConversableAgent,
  ) {
    super({ name: "relay", humanInputMode: "NEVER" });
    this.registerReply([() => true], async (_recipient, messages, _sender, _config, { run }) => {
      await this.agent.receive({ content: texts(messages).at(-1) ?? "" }, this.from, true, false, { run });
      return [true, null];
    });
  }
}

for (const line of ["Exit", " ", "EXIT", "exit "]) {
  test(`CONV-24 only \`exit\` itself ends a chat, ${JSON.stringify(line)} is an ordinary answer`, async () => {
    const { user, bot } = pair(["r1", "r2"], { humanInputMode: "ALWAYS" });
    const stream = memoryStream([line, "exit"]);
    const result = await user.initiateChat(bot, { message: "m", stream });
    assert.deepEqual(texts(result.chatHistory), ["m", "r1", line, "r2"]);
    assert.equal(result.stopReason, "human-exit");
    assert.deepEqual(result.humanInput, [line, "exit"]);
  });
}

test("CONV-24 a human who speaks instead of the tools answers every call", async () => {
  const calls = [
    { id: "1", type: "function", function: { name: "a", arguments: "{}" } },
    { id: "2", type: "function", function: { name: "b", arguments: "{}" } },
  ] as const;
  const { user, bot } = pair([{ tool_calls: calls }, "fine"], { humanInputMode: "ALWAYS" });
  const result = await user.initiateChat(bot, { message: "m", stream: memoryStream(["no", "exit"]) });

  assert.deepEqual(result.chatHistory[2], {
    content: "no",
    role: "assistant",
    name: "user",
    tool_responses: [
      { role: "tool", tool_call_id: "1", content: "USER INTERRUPTED" },
      { role: "tool", tool_call_id: "2", content: "USER INTERRUPTED" },
    ],
  });
});

test("CONV-25 counters are per sender, and limits can be changed for one or all", () => {
  const [a, b] = [new ConversableAgent({ name: "a" }), new ConversableAgent({ name: "b" })];
  const agent = new ConversableAgent({ name: "agent", maxConsecutiveAutoReply: 3 });
  agent.updateMaxConsecutiveAutoReply(5, a);
  agent.countAutoReply(a);

  assert.deepEqual([agent.maxConsecutiveAutoReply(a), agent.maxConsecutiveAutoReply(b)], [5, 3]);
  assert.deepEqual([agent.autoReplyCount(a), agent.autoReplyCount(b)], [1, 0]);
  agent.updateMaxConsecutiveAutoReply(7);
  assert.deepEqual([agent.maxConsecutiveAutoReply(a), agent.maxConsecutiveAutoReply(b)], [7, 7]);
});

test("CONV-31 a human is asked once per message, and the counter goes up by one", async () => {
  const { user, bot } = pair(["r1", "r2", "r3"], { humanInputMode: "ALWAYS" });
  const stream = memoryStream(["", "", "exit"]);
  await user.initiateChat(bot, { message: "m", stream });

  assert.equal(stream.prompts.length, 3);
  assert.equal(bot.autoReplyCount(user), 3);
});
