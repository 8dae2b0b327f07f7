import assert from "node:assert/strict";
import { test } from "vitest";
import { AssistantAgent, ConversableAgent, UserProxyAgent, type AgentOptions, type HumanInputMode } from "../index.js";

const BAD: readonly (readonly [title: string, options: object, message: RegExp])[] = [
  ["an unknown option", { name: "a", humanInputmode: "NEVER" }, /Did you mean `humanInputMode`/],
  ["the reference's spelling", { name: "a", system_message: "x" }, /Did you mean `systemMessage`/],
  ["an option far from all", { name: "a", colour: "red" }, /The options are `name`/],
  ["no name", {}, /needs a `name`/],
  ["an unknown humanInputMode (D10-2)", { name: "a", humanInputMode: "SOMETIMES" }, /"ALWAYS", "TERMINATE" or "NEVER"/],
  ["a limit that is no number", { name: "a", maxConsecutiveAutoReply: "3" }, /maxConsecutiveAutoReply/],
  ["an llmConfig that is no object", { name: "a", llmConfig: "gpt-4" }, /llmConfig/],
  ["an empty llmConfig", { name: "a", llmConfig: {} }, /model/],
  ["a codeExecutionConfig that is no object", { name: "a", codeExecutionConfig: true }, /codeExecutionConfig/],
  ["an illegal tool name", { name: "a", functionMap: { "a b": () => 1 } }, /a b/],
  ["a negative lastNMessages", { name: "a", codeExecutionConfig: { lastNMessages: -1 } }, /last_n_messages/],
  [
    "an executor and a work_dir",
    { name: "a", codeExecutionConfig: { executor: "commandline-local", workDir: "x" } },
    /'workDir'/,
  ],
  ["an unknown executor", { name: "a", codeExecutionConfig: { executor: "magic" } }, /Unknown code executor magic/],
];
for (const [title, options, message] of BAD) {
  test(`bad input: ${title} is an error at construction`, () => {
    assert.throws(() => new ConversableAgent(options as AgentOptions), { message });
  });
}

test("defaults of the three agents", () => {
  const facts = (agent: ConversableAgent): unknown[] => [
    agent.humanInputMode,
    agent.codeExecution !== null,
    agent.maxConsecutiveAutoReply(),
    agent.client,
  ];

  assert.deepEqual(facts(new ConversableAgent({ name: "a" })), ["TERMINATE", false, 100, null]);
  assert.deepEqual(facts(new AssistantAgent({ name: "a" })), ["NEVER", false, 100, null]);
  assert.deepEqual(facts(new UserProxyAgent({ name: "a" })), ["ALWAYS", true, 100, null]);
  assert.equal(new UserProxyAgent({ name: "a" }).systemMessage, "");
});

for (const mode of ["ALWAYS", "TERMINATE", "NEVER"] satisfies HumanInputMode[]) {
  test(`the description of a user proxy fits ${mode}`, () => {
    assert.notEqual(new UserProxyAgent({ name: "a", humanInputMode: mode }).description, "");
  });
}

test("an assistant with a system message of its own is described by it", () => {
  assert.equal(new AssistantAgent({ name: "a", systemMessage: "I translate." }).description, "I translate.");
  assert.notEqual(new AssistantAgent({ name: "a" }).description, new AssistantAgent({ name: "a" }).systemMessage);
});
