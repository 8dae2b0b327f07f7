import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { test, vi } from "vitest";
import { AssistantAgent, InMemoryCache, OpenAIWrapper, UserProxyAgent, type ToolFunction } from "../../index.js";
import { joinings } from "../../run/index.js";
import { fakeExecutor, failing, scriptedHuman, scriptedModel, streamed } from "../testing/index.js";
import { program } from "../../../test/programs.js";
import { registerTelemetry } from "../../../test/spans.js";
import { assistant, calls, ends, person, quiet, traced } from "../../../test/traced.js";
import { traceRuns } from "./index.js";

test("a request has the attributes of the conventions, and no content", async () => {
  const telemetry = await traced();
  const model = scriptedModel({ content: "Paris is the answer.", usage: [12, 5], model: "gpt-4o-2024", cost: 0.25 });
  const client = new OpenAIWrapper({ ...model.llmConfig, temperature: 0.5, max_tokens: 100, n: 2, stop: "END", seed: 7 });
  await client.create({ messages: [{ role: "user", content: "Capital of France?" }], agent: "geographer" });

  const { attributes, kind, name, status } = telemetry.span("chat scripted");
  const { "gen_ai.conversation.id": _id, ...rest } = attributes;
  assert.deepEqual([kind, name, status.code], [SpanKind.CLIENT, "chat scripted", SpanStatusCode.UNSET]);
  assert.deepEqual(rest, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "custom",
    "gen_ai.system": "custom",
    "gen_ai.agent.name": "geographer",
    "gen_ai.request.model": "scripted",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.request.max_tokens": 100,
    "gen_ai.request.choice.count": 2,
    "gen_ai.request.seed": 7,
    "gen_ai.request.stop_sequences": ["END"],
    "gen_ai.response.model": "gpt-4o-2024",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 5,
    "autogen.usage.cost": 0.25,
    "autogen.config.index": 0,
    "autogen.effect.key": "run/model:geographer#0",
  });
  assert.doesNotMatch(JSON.stringify(telemetry.spans.map((span) => span.attributes)), /Paris|France/u);
});

test("metrics: tokens by kind, time of requests and tools, price", async () => {
  const telemetry = await traced();
  const model = scriptedModel(
    { ...calls("add"), usage: [100, 10], cost: 0.5 },
    { content: "TERMINATE", usage: [30, 3], cost: null },
  );
  const bot = new AssistantAgent({ name: "bot", llmConfig: model.llmConfig });
  await person("user", { add: () => "1" }).initiateChat(bot, { message: "Hello", ...quiet });

  const measured = await telemetry.measured();
  const group = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "custom",
    "gen_ai.request.model": "scripted",
    "gen_ai.response.model": "scripted",
  };
  assert.deepEqual(
    measured.filter(({ unit }) => unit !== "s"),
    [
      { name: "gen_ai.client.token.usage", unit: "{token}", attributes: { ...group, "gen_ai.token.type": "input" }, sum: 130 },
      { name: "gen_ai.client.token.usage", unit: "{token}", attributes: { ...group, "gen_ai.token.type": "output" }, sum: 13 },
      { name: "autogen.client.cost", unit: "USD", attributes: group, sum: 0.5 },
    ],
  );
  assert.deepEqual(
    measured.filter(({ unit }) => unit === "s").map(({ name, attributes }) => [name, attributes]),
    [
      ["gen_ai.client.operation.duration", group],
      ["gen_ai.execute_tool.duration", { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "add" }],
    ],
  );
});

test("a streamed answer says how long its first piece took", async () => {
  const telemetry = await traced();
  const { llmConfig } = scriptedModel(streamed("He", "llo"));
  const bot = new AssistantAgent({ name: "bot", llmConfig: { ...llmConfig, stream: true } });
  await person("user").initiateChat(bot, { message: "Hi", maxTurns: 1, ...quiet });
  const { attributes } = telemetry.span("chat scripted");
  assert.equal(attributes["gen_ai.request.stream"], true);
  const seconds = Number(attributes["gen_ai.response.time_to_first_chunk"]);
  assert.ok(seconds >= 0 && seconds < 30, String(seconds));
});

test("an answer from the cache is marked, and not measured as used", async () => {
  const telemetry = await traced();
  const { llmConfig } = scriptedModel({ content: "Paris.", usage: [10, 2] });
  const cache = new InMemoryCache();
  const client = new OpenAIWrapper(llmConfig);
  for (let time = 0; time < 2; time += 1) await client.create({ messages: [{ role: "user", content: "Capital?" }], cache });
  assert.deepEqual(
    telemetry.spans.map(({ attributes }) => attributes["autogen.response.cached"]),
    [undefined, true],
  );
  const tokens = (await telemetry.measured()).filter(({ name }) => name === "gen_ai.client.token.usage").map(({ sum }) => sum);
  assert.deepEqual(tokens, [10, 2]);
});

test("a question to a person has a span of its own: waiting is time too", async () => {
  const telemetry = await traced();
  const user = new UserProxyAgent({ name: "user", humanInputMode: "ALWAYS", codeExecutionConfig: false });
  await user.initiateChat(assistant("bot", "Well?"), { message: "Hello", silent: true, stream: scriptedHuman("exit") });

  assert.deepEqual(telemetry.tree(), [
    "invoke_workflow user → bot",
    "  invoke_agent bot",
    "    chat scripted",
    "  invoke_agent user",
    "    human_input",
  ]);
  assert.equal(telemetry.span("human_input").attributes["gen_ai.agent.name"], "user");
});

test("code that fails: exit code, executor, languages, and an error", async () => {
  const telemetry = await traced();
  const user = new UserProxyAgent({
    ...{ name: "user", humanInputMode: "NEVER" },
    codeExecutionConfig: { executor: fakeExecutor({ exitCode: 3, output: "broken" }) },
  });
  await user.initiateChat(assistant("bot", "```python\nprint(1)\n```", "TERMINATE"), { message: "Hello", ...quiet });
  const { attributes, status } = telemetry.span("execute_tool code_interpreter");
  assert.deepEqual(attributes["autogen.code.languages"], ["python"]);
  assert.equal(attributes["autogen.code.exit_code"], 3);
  assert.equal(attributes["error.type"], "exit_3");
  assert.equal(status.code, SpanStatusCode.ERROR);
});

test("content is there when it is asked for, by option or by the variable of the conventions, and without secrets", async () => {
  const key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789";
  for (const asked of ["option", "variable"]) {
    if (asked === "variable") vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "SPAN_ONLY");
    const telemetry = await traced(asked === "option" ? { captureContent: true } : {});
    const bot = assistant("bot", calls("add"), `The key is ${key}. TERMINATE`);
    await person("user", { add: () => `result with ${key}` }).initiateChat(bot, { message: "Hello", ...quiet });

    const [, second] = telemetry.spans.filter(({ name }) => name === "chat scripted");
    const parsed = (name: string): unknown => JSON.parse(String(second?.attributes[name]));
    assert.deepEqual(parsed("gen_ai.input.messages"), [
      { role: "user", parts: [{ type: "text", content: "Hello" }] },
      { role: "assistant", parts: [{ type: "tool_call", id: "call_0", name: "add", arguments: { n: 0 } }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "call_0", response: "result with ***" }] },
    ]);
    assert.deepEqual(parsed("gen_ai.output.messages"), [
      { role: "assistant", parts: [{ type: "text", content: "The key is ***. TERMINATE" }], finish_reason: "stop" },
    ]);
    assert.match(String(second?.attributes["gen_ai.system_instructions"]), /^\[\{"type":"text","content":"/u);
    const { attributes } = telemetry.span("execute_tool add");
    assert.deepEqual(
      [attributes["gen_ai.tool.call.arguments"], attributes["gen_ai.tool.call.result"]],
      ['{"n":0}', "result with ***"],
    );
    assert.doesNotMatch(JSON.stringify(telemetry.spans.map((span) => [span.attributes, span.status])), /sk-proj/u);
    for (const end of ends.splice(0)) await end();
  }
});

test("errors: the span, its turn and its chat say what went wrong, in one word and without secrets", async () => {
  const telemetry = await traced();
  const bot = assistant("bot", failing({ status: 429, message: "refused the key sk-proj-abcdefghijklmnopqrstuvwxyz0123456789" }));
  await assert.rejects(person("user").initiateChat(bot, { message: "Hello", ...quiet }), { code: "model-failed" });

  for (const name of ["chat scripted", "invoke_agent bot", "invoke_workflow user → bot"]) {
    const { attributes, status } = telemetry.span(name);
    assert.deepEqual([attributes["error.type"], status.code], ["429", SpanStatusCode.ERROR], name);
    assert.doesNotMatch(status.message ?? "", /sk-proj/u);
  }
  const measured = await telemetry.measured();
  assert.deepEqual(
    measured.map(({ name, attributes }) => [name, attributes["error.type"]]),
    [["gen_ai.client.operation.duration", "429"]],
  );
});

test("a fallback: the entry that failed and the one that answered have a span each, below one turn", async () => {
  const telemetry = await traced();
  const [first, second] = [scriptedModel(failing({ kind: "connection" })), scriptedModel("Yes.")];
  const list = [first, second].flatMap(({ llmConfig }) => llmConfig.config_list ?? []);
  const bot = new AssistantAgent({ name: "bot", llmConfig: { ...first.llmConfig, config_list: list } });
  await person("user").initiateChat(bot, { message: "Hello", maxTurns: 1, ...quiet });
  assert.deepEqual(
    telemetry.spans
      .filter(({ name }) => name === "chat scripted")
      .map(({ attributes }) => [attributes["autogen.config.index"], attributes["error.type"]]),
    [
      [0, "connection"],
      [1, undefined],
    ],
  );
  assert.equal(telemetry.span("invoke_agent bot").status.code, SpanStatusCode.UNSET);
});

test("a tool that fails is an error of its span, and of nothing else", async () => {
  const telemetry = await traced();
  const breaks: ToolFunction = () => {
    throw new Error("broken");
  };
  await person("user", { breaks }).initiateChat(assistant("bot", calls("breaks"), "TERMINATE"), { message: "Hello", ...quiet });
  assert.deepEqual(
    telemetry.spans
      .filter(({ status }) => status.code === SpanStatusCode.ERROR)
      .map(({ name, attributes }) => [name, attributes["error.type"]]),
    [["execute_tool breaks", "tool_error"]],
  );
});

test("a chat that ends by another error has not the type of one that was dealt with before", async () => {
  const telemetry = await traced();
  const [first, second] = [scriptedModel(failing({ status: 500 })), scriptedModel("Well")];
  const list = [first, second].flatMap(({ llmConfig }) => llmConfig.config_list ?? []);
  const bot = new AssistantAgent({ name: "bot", llmConfig: { ...first.llmConfig, config_list: list } });
  const user = person("user");
  user.registerReply([() => true], () => {
    throw new RangeError("not this word");
  });
  await assert.rejects(user.initiateChat(bot, { message: "Hello", ...quiet }), RangeError);
  const { attributes, status } = telemetry.span("invoke_workflow user → bot");
  assert.deepEqual([attributes["error.type"], status.code], ["_OTHER", SpanStatusCode.ERROR]);
  assert.equal(telemetry.span("invoke_agent bot").status.code, SpanStatusCode.UNSET);
});

test("an abort ends all spans, marked as aborted", async () => {
  const telemetry = await traced();
  const controller = new AbortController();
  const stops: ToolFunction = async () => {
    controller.abort();
    return await new Promise(() => undefined);
  };
  const chat = person("user", { stops }).initiateChat(assistant("bot", calls("stops")), {
    message: "Hello",
    signal: controller.signal,
    ...quiet,
  });
  await assert.rejects(chat, { code: "aborted" });
  assert.deepEqual(
    telemetry.spans.map(({ name, attributes }) => [name, attributes["error.type"]]).filter(([, type]) => type !== undefined),
    [
      ["execute_tool stops", "aborted"],
      ["invoke_agent user", "aborted"],
      ["invoke_workflow user → bot", "aborted"],
    ],
  );
});

test("without a provider nothing is built; one that is registered later is used by the next run", async () => {
  ends.push(await traceRuns());
  assert.deepEqual(joinings(), []);
  const telemetry = registerTelemetry();
  ends.push(() => telemetry[Symbol.asyncDispose]());
  await person("user").initiateChat(assistant("bot", "Yes."), { message: "Hello", maxTurns: 1, ...quiet });
  assert.equal(telemetry.spans.length, 3);
});

test("what ended its tracing traces no further run", async () => {
  const telemetry = await traced();
  await ends.shift()?.();
  await person("user").initiateChat(assistant("bot", "Yes."), { message: "Hello", maxTurns: 1, ...quiet });
  assert.deepEqual(telemetry.tree(), []);
});

test("a tracer that throws changes nothing about the chat", async () => {
  const broken = {
    getTracer: () => ({
      startSpan: () => {
        throw new Error("no spans today");
      },
      startActiveSpan: () => {
        throw new Error("no spans today");
      },
    }),
  };
  ends.push(await traceRuns({ tracerProvider: broken }));
  const user = person("user", { add: () => "1" });
  const { stopReason, chatHistory } = await user.initiateChat(assistant("bot", calls("add"), "TERMINATE"), {
    message: "Hello",
    ...quiet,
  });
  assert.deepEqual([stopReason, chatHistory.length], ["termination-message", 4]);
});

test("without the package: an error that names it", async () => {
  await using alone = await program(`
    import { traceRuns } from "./features/otel/index.ts";
    await traceRuns().catch(({ code, message }) => console.log(code + " " + message));
  `);
  const told = execFileSync(process.execPath, [alone.path], { encoding: "utf8" });
  assert.match(told, /^missing-package Tracing needs the package `@opentelemetry\/api`/u);
});
