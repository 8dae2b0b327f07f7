import assert from "node:assert/strict";
import { context, metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { test } from "vitest";
import { AssistantAgent, memoryStream, OpenAIWrapper, UserProxyAgent } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
import { modelServer } from "../../../test/model-server.js";
import { traced } from "../../../test/traced.js";
import { startCollector } from "../../../test/collector.js";
import { traceRuns } from "./index.js";

test("the exporters of OpenTelemetry bring spans and metrics to a collector, by the protocol", async () => {
  await using collector = await startCollector();
  const tracers = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` }))],
  });
  tracers.register();
  const exporter = new OTLPMetricExporter({ url: `${collector.url}/v1/metrics` });
  const measures = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })] });
  metrics.setGlobalMeterProvider(measures);
  const end = await traceRuns({ captureContent: true });
  try {
    const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } } as const;
    const { llmConfig } = scriptedModel({ tool_calls: [call], usage: [20, 4] }, "It is 2. TERMINATE");
    const bot = new AssistantAgent({ name: "bot", llmConfig });
    const user = new UserProxyAgent({
      name: "user",
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      functionMap: { add: () => "2" },
    });
    await user.initiateChat(bot, { message: "1 + 1?", silent: true, stream: memoryStream() });
    await tracers.shutdown();
    await measures.shutdown();
  } finally {
    end();
    trace.disable();
    context.disable();
    metrics.disable();
  }

  assert.deepEqual(collector.complaints, []);
  const nameOf = (id: string | undefined): string | undefined => collector.spans.find(({ spanId }) => spanId === id)?.name;
  assert.deepEqual(
    collector.spans
      .map(({ name, parentSpanId }) => `${name} < ${nameOf(parentSpanId) ?? ""}`)
      .toSorted((a, b) => (a < b ? -1 : 1)),
    [
      "chat scripted < invoke_agent bot",
      "chat scripted < invoke_agent bot",
      "execute_tool add < invoke_agent user",
      "invoke_agent bot < invoke_workflow user → bot",
      "invoke_agent bot < invoke_workflow user → bot",
      "invoke_agent user < invoke_workflow user → bot",
      "invoke_workflow user → bot < ",
    ],
  );
  assert.equal(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
  const tokens = collector.spans.map(
    ({ attributes }) => attributes.find(({ key }) => key === "gen_ai.usage.input_tokens")?.value,
  );
  assert.deepEqual(
    tokens.filter((value) => value !== undefined).map((value) => value["intValue"]),
    [20, 10],
  );
  assert.deepEqual(
    [...collector.metrics],
    [
      ["gen_ai.client.token.usage", 2],
      ["gen_ai.client.operation.duration", 1],
      ["gen_ai.execute_tool.duration", 1],
      ["autogen.client.cost", 1],
    ],
  );
});

test("a request over HTTP: where it went, what was asked and answered, and no key", async () => {
  const key = "a-key-that-no-pattern-knows";
  await using server = await modelServer({
    main: [
      { content: `Your key is ${key}.`, usage: [11, 7], model: "gpt-4o-mini-2024-07-18" },
      { status: 401, error: { message: `Incorrect API key provided: ${key}` } },
    ],
  });
  const telemetry = await traced({ captureContent: true });
  const entry = { model: "gpt-4o-mini", base_url: server.base("main"), api_key: key };
  const client = new OpenAIWrapper({
    config_list: [entry],
    cache_seed: null,
    temperature: 0,
    response_format: { type: "json_object" },
  });
  const messages = [{ role: "user", content: "Hello" }] as const;
  await client.create({ messages });
  await assert.rejects(client.create({ messages }));

  const [answered, refused] = telemetry.spans;
  assert.deepEqual([answered?.name, refused?.name], ["chat gpt-4o-mini", "chat gpt-4o-mini"]);
  const expected = {
    "gen_ai.provider.name": "openai",
    "server.address": "127.0.0.1",
    "server.port": Number(new URL(server.url).port),
    "gen_ai.request.temperature": 0,
    "gen_ai.output.type": "json",
    "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
    "gen_ai.usage.input_tokens": 11,
    "gen_ai.usage.output_tokens": 7,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(answered?.attributes[name], value, name);
  assert.equal(typeof answered?.attributes["gen_ai.response.id"], "string");
  assert.equal(refused?.attributes["error.type"], "401");
  assert.doesNotMatch(
    JSON.stringify(telemetry.spans.map(({ attributes, status }) => [attributes, status])),
    new RegExp(key, "u"),
  );
});
