// @ts-check
// Every chat of a program as a trace: printed as a tree, or sent to a collector.
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { AssistantAgent, memoryStream, runProgram, UserProxyAgent } from "autogen-ts";
import { traceRuns } from "autogen-ts/otel";
import { failing, scriptedModel } from "autogen-ts/testing";
import { printTree } from "./print-tree.js";

const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = process.env;

await runProgram(async () => {
  const kept = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(kept), ...(endpoint ? [new BatchSpanProcessor(new OTLPTraceExporter())] : [])];
  const provider = new NodeTracerProvider({ spanProcessors });
  provider.register();
  const stopTracing = await traceRuns();

  // Stands for the rest of the program: a request that is answered by agents.
  await trace.getTracer("server").startActiveSpan("POST /question", async (span) => {
    await chat();
    span.end();
  });

  stopTracing();
  printTree(kept.getFinishedSpans());
  await provider.shutdown();
  console.log(endpoint ? `Sent to ${endpoint}.` : "With OTEL_EXPORTER_OTLP_ENDPOINT the trace goes to a collector as well.");
});

/** The first model is busy, the second one calls a tool. */
async function chat() {
  /** @type {import("autogen-ts").ToolCall} */
  const call = { id: "call_1", type: "function", function: { name: "population", arguments: '{"city":"Bern"}' } };
  const busy = scriptedModel(failing({ status: 429 }), failing({ status: 429 }));
  const other = scriptedModel(
    { tool_calls: [call], usage: [210, 18], cost: 0.0004 },
    { content: "About 135,000. TERMINATE", usage: [240, 9], cost: 0.0005 },
  );
  const config_list = [busy, other].flatMap(({ llmConfig }) => llmConfig.config_list ?? []);
  const assistant = new AssistantAgent({ name: "assistant", llmConfig: { ...busy.llmConfig, config_list } });
  const user = new UserProxyAgent({
    ...{ name: "user", humanInputMode: "NEVER", codeExecutionConfig: false },
    functionMap: { population: () => "134794" },
  });
  await user.initiateChat(assistant, { message: "How many people live in Bern?", silent: true, stream: memoryStream() });
}
