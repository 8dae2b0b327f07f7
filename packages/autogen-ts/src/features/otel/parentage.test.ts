import assert from "node:assert/strict";
import { trace } from "@opentelemetry/api";
import { test } from "vitest";
import { GroupChat, GroupChatManager, initiateChats, memoryStream, UserProxyAgent, type ToolFunction } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { asking, assistant, calls, person, quiet, traced } from "../../../test/traced.js";

test("a chat with a tool: workflow, turns, requests, tool, and the chat inside of it", async () => {
  const telemetry = await traced();
  await person("user", { ask: asking("helper") }).initiateChat(assistant("bot", calls("ask"), "Fine. TERMINATE"), {
    message: "Hello",
    ...quiet,
  });

  assert.deepEqual(telemetry.tree(), [
    "invoke_workflow user → bot",
    "  invoke_agent bot",
    "    chat scripted",
    "  invoke_agent user",
    "    execute_tool ask",
    "      invoke_workflow asks_helper → helper",
    "        invoke_agent helper",
    "          chat scripted",
    "  invoke_agent bot",
    "    chat scripted",
  ]);
  const ids = new Set(telemetry.spans.map(({ attributes }) => attributes["gen_ai.conversation.id"]));
  assert.equal(ids.size, 1);
  assert.equal(telemetry.span("invoke_workflow user → bot").attributes["autogen.stop_reason"], "termination-message");
});

test("tools side by side: the chat of each is below its own tool", async () => {
  const telemetry = await traced();
  const user = new UserProxyAgent({
    ...{ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false },
    functionMap: { first: asking("one"), second: asking("two") },
    toolExecution: { parallel: true },
  });
  await user.initiateChat(assistant("bot", calls("first", "second"), "TERMINATE"), { message: "Hello", ...quiet });

  const inner = (name: string): string[] => [
    `      invoke_workflow asks_${name} → ${name}`,
    `        invoke_agent ${name}`,
    "          chat scripted",
  ];
  assert.deepEqual(telemetry.tree().slice(3, 12), [
    "  invoke_agent user",
    "    execute_tool first",
    ...inner("one"),
    "    execute_tool second",
    ...inner("two"),
  ]);
});

test("a group: the turns of its members are below that of its manager", async () => {
  const telemetry = await traced();
  const agents = [assistant("writer", "A poem."), assistant("critic", "Good. TERMINATE")];
  const groupChat = new GroupChat({ agents, speakerSelectionMethod: "round_robin", maxRound: 3 });
  const manager = new GroupChatManager({ groupChat, llmConfig: false });
  await person("user").initiateChat(manager, { message: "Write.", maxTurns: 1, ...quiet });

  assert.deepEqual(telemetry.tree(), [
    "invoke_workflow user → chat_manager",
    "  invoke_agent chat_manager",
    "    invoke_agent writer",
    "      chat scripted",
    "    invoke_agent critic",
    "      chat scripted",
  ]);
});

test("a group whose manager asks a model who speaks next: the request is a part of the manager's turn", async () => {
  const telemetry = await traced();
  const agents = [assistant("writer", "A poem."), assistant("critic", "Good. TERMINATE"), assistant("clerk")];
  const { llmConfig } = scriptedModel("writer", "critic");
  const groupChat = new GroupChat({ agents, speakerSelectionMethod: "auto", maxRound: 3 });
  const manager = new GroupChatManager({ groupChat, llmConfig });
  await person("user").initiateChat(manager, { message: "Write.", maxTurns: 1, ...quiet });

  assert.deepEqual(telemetry.tree(), [
    "invoke_workflow user → chat_manager",
    "  invoke_agent chat_manager",
    "    chat scripted",
    "    invoke_agent writer",
    "      chat scripted",
    "    chat scripted",
    "    invoke_agent critic",
    "      chat scripted",
  ]);
});

test("chats side by side are all below their queue, and do not mix", async () => {
  const telemetry = await traced();
  await initiateChats(
    ["one", "two", "three"].map((name, at) => ({
      ...{ chatId: at + 1, sender: person(`user_${name}`), recipient: assistant(name, "Yes.") },
      ...{ message: "Go", maxTurns: 1, silent: true },
    })),
    { stream: memoryStream() },
  );
  const [root, ...rest] = telemetry.tree();
  assert.equal(root, "invoke_workflow chats");
  assert.deepEqual(
    rest.toSorted(),
    ["one", "two", "three"]
      .flatMap((name) => [`  invoke_workflow user_${name} → ${name}`, `    invoke_agent ${name}`, "      chat scripted"])
      .toSorted(),
  );
});

test("runs at the same time are traces of their own, below whatever was active when they began", async () => {
  const telemetry = await traced();
  const chat = (name: string) => () =>
    person("user").initiateChat(assistant(name, "Yes."), { message: "Go", maxTurns: 1, ...quiet });
  const tracer = trace.getTracer("test");
  await Promise.all([
    chat("free")(),
    tracer.startActiveSpan("POST /ask", async (span) => {
      await chat("bound")();
      span.end();
    }),
  ]);
  assert.deepEqual(telemetry.tree().toSorted(), [
    "      chat scripted",
    "    chat scripted",
    "    invoke_agent bound",
    "  invoke_agent free",
    "  invoke_workflow user → bound",
    "POST /ask",
    "invoke_workflow user → free",
  ]);
});

test("what a tool does elsewhere is a part of its span", async () => {
  const telemetry = await traced();
  const fetches: ToolFunction = async () => {
    await Promise.resolve();
    trace.getTracer("http").startSpan("GET").end();
    return "ok";
  };
  await person("user", { fetches }).initiateChat(assistant("bot", calls("fetches"), "TERMINATE"), { message: "Hello", ...quiet });
  assert.equal(telemetry.span("GET").parentSpanContext?.spanId, telemetry.span("execute_tool fetches").spanContext().spanId);
});
