/** What holds of every run, whoever talks, in whatever order. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { test } from "vitest";
import { scene, speaker } from "../../test/groups.js";
import { contentText, wireMessages, type Reply } from "../index.js";

const call = (name: string) => ({
  content: null,
  tool_calls: [{ id: name, type: "function" as const, function: { name, arguments: "{}" } }],
});

const reply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 8, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom("ping", "pong").map(call) },
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constant({
      role: "tool",
      content: "r",
      tool_responses: [{ role: "tool" as const, tool_call_id: "ping", content: "r" }],
    }),
  },
);

const group = fc.record({
  replies: fc.array(fc.array(reply, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 }),
  maxRound: fc.nat({ max: 12 }),
  method: fc.constantFrom("round_robin", "random", "auto"),
  repeat: fc.boolean(),
  outside: fc.boolean(),
});

test("GRP-19 every history holds the transcript, own words are the speaker's, and requests are complete", async () => {
  const property = fc.asyncProperty(group, async ({ replies, maxRound, method, repeat, outside }) => {
    const agents = replies.map((own, index) => speaker(`a${String(index)}`, own));
    for (const tool of ["ping", "pong"]) agents[0]?.registerFunctionMap({ [tool]: () => tool });
    const { chat, manager, told } = scene(agents, { maxRound, speakerSelectionMethod: method, allowRepeatSpeaker: repeat });
    const starter = outside ? speaker("outside") : agents[0];

    await starter?.initiateChat(manager, { message: "go", ...told });

    assert.ok(chat.messages.length <= maxRound);
    const transcript = chat.messages.map(({ content }) => contentText(content));
    for (const agent of agents) {
      const own = agent.chatMessages.get(manager) ?? [];
      const theirs = manager.chatMessages.get(agent) ?? [];
      if (maxRound > 0) {
        assert.deepEqual(
          own.map(({ content }) => contentText(content)),
          transcript,
        );
        assert.deepEqual(
          theirs.map(({ content }) => contentText(content)),
          transcript,
        );
      }
      for (const [index, message] of own.entries()) {
        if (message.role !== "user" && message.role !== "assistant") continue;
        const calls = "tool_calls" in message;
        assert.equal(message.role, calls || chat.messages[index]?.name === agent.name || maxRound === 0 ? "assistant" : "user");
      }
      const open = wireMessages(own).filter((message) => message.tool_calls !== undefined);
      const answers = wireMessages(own).filter((message) => message.role === "tool");
      assert.equal(answers.length, open.flatMap((message) => message.tool_calls ?? []).length);
    }
  });
  await fc.assert(property, { seed: 12, numRuns: 150 });
});
