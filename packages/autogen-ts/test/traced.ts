/** Runs that are traced, for tests: agents with little to say, and what came of it. */
import { afterEach } from "vitest";
import { AssistantAgent, memoryStream, UserProxyAgent, type ToolFunction } from "../src/index.js";
import { traceRuns, type TraceRunsOptions } from "../src/features/otel/index.js";
import { scriptedModel, type ScriptedReply } from "../src/features/testing/index.js";
import { registerTelemetry, type Telemetry } from "./spans.js";

/** Called after the test. */
export const ends: (() => void | PromiseLike<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Tracing of all runs, and what came of it. */
export async function traced(options: TraceRunsOptions = {}): Promise<Telemetry> {
  const telemetry = registerTelemetry();
  const end = await traceRuns(options);
  ends.push(end, () => telemetry[Symbol.asyncDispose]());
  return telemetry;
}

export const calls = (...names: readonly string[]) => ({
  tool_calls: names.map(
    (name, at) => ({ id: `call_${String(at)}`, type: "function", function: { name, arguments: `{"n":${String(at)}}` } }) as const,
  ),
});
export const assistant = (name: string, ...answers: readonly ScriptedReply[]): AssistantAgent =>
  new AssistantAgent({ name, llmConfig: scriptedModel(...answers).llmConfig });
export const person = (name: string, functionMap: Readonly<Record<string, ToolFunction>> = {}): UserProxyAgent =>
  new UserProxyAgent({ name, humanInputMode: "NEVER", codeExecutionConfig: false, functionMap });
export const quiet = { silent: true, stream: memoryStream() } as const;

/** Asks another agent, within the run of the tool. */
export const asking =
  (name: string): ToolFunction =>
  async (_args: unknown, { run }) =>
    (await person(`asks_${name}`).initiateChat(assistant(name, "Done."), { message: "Do it.", maxTurns: 1, run })).summary;
