/**
 * What tracing costs: a tool loop of two requests, scripted, without tracing, with tracing but no provider of OpenTelemetry
 * registered, and with one that records all spans and throws them away. All take turns in each round, in this one process.
 */
import { metrics, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { AssistantAgent, memoryStream, UserProxyAgent } from "autogen-ts";
import { traceRuns } from "autogen-ts/otel";
import { scriptedModel } from "autogen-ts/testing";

const ROUNDS = 15;
const CHATS = 400;
/** @type {import("autogen-ts").ToolCall} */
const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a":1}' } };

export async function run() {
  const ways = {
    without: () => undefined,
    idle: () => traceRuns(),
    recording: () => {
      trace.setGlobalTracerProvider(new NodeTracerProvider());
      return traceRuns();
    },
  };
  /** @type {Record<string, number[]>} */
  const times = { without: [], idle: [], recording: [] };
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const [name, begin] of Object.entries(ways)) {
      const end = await begin();
      const time = await chats();
      end?.();
      trace.disable();
      metrics.disable();
      if (round >= 0) times[name].push(time);
    }
  }
  const against = (name) => median(times[name].map((time, round) => time / times.without[round]));
  return [
    { label: "chat with a tool, without tracing", value: median(times.without), unit: "µs" },
    { label: "tracing without a provider, against none", value: against("idle"), unit: "times", atMost: 1.05 },
    { label: "tracing that records, against none", value: against("recording"), unit: "times" },
    { label: "a recorded span", value: (median(times.recording) - median(times.without)) / SPANS, unit: "µs" },
  ];
}

/** Of one chat: itself, three turns, two requests, a tool. */
const SPANS = 7;

/** @returns microseconds of processor time per chat */
async function chats() {
  const before = process.cpuUsage();
  const stream = memoryStream();
  for (let at = 0; at < CHATS; at += 1) {
    const { llmConfig } = scriptedModel({ tool_calls: [call] }, "It is 2. TERMINATE");
    const bot = new AssistantAgent({ name: "bot", llmConfig });
    const user = new UserProxyAgent({
      name: "user",
      humanInputMode: "NEVER",
      codeExecutionConfig: false,
      functionMap: { add: () => "2" },
    });
    const { stopReason } = await user.initiateChat(bot, { message: "1 + 1?", silent: true, stream });
    if (stopReason !== "termination-message") throw new Error(`A chat ended by ${stopReason}.`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CHATS;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
