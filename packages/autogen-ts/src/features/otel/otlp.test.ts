import assert from "node:assert/strict";
import { context, metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { test } from "vitest";
import { AssistantAgent, memoryStream, UserProxyAgent } from "../../index.js";
import { scriptedModel } from "../testing/index.js";
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
