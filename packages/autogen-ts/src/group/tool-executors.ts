/** Which participants can run what was called. Specification chapter 12, section 4. */
import { functionCallOf, toolCallsOf, type FunctionCall, type Message, type ToolCall } from "../message/index.js";
import type { Agent } from "../chat/index.js";
import type { Group } from "./contract.js";

/** The participant that can run what the last message of the group calls; null when none or several can (D12-17). */
export function toolExecutorFor(group: Group): Agent | null {
  const last = group.messages.at(-1);
  const names = last === undefined ? [] : calledBy(last);
  if (names.length === 0) return null;
  const [only, another] = group.agents.filter((agent) => canRun(agent, names));
  return only !== undefined && another === undefined ? only : null;
}

/** Written by a model: any part may be missing. */
export function calledBy(message: Message): readonly string[] {
  const legacy: Partial<FunctionCall> | undefined = functionCallOf(message);
  const calls = toolCallsOf(message).map(({ function: called }: Partial<ToolCall>): Partial<FunctionCall> => called ?? {});
  return [...(legacy === undefined ? [] : [legacy]), ...calls].map(({ name }) => name ?? "");
}

interface Executing {
  readonly functionMap: ReadonlyMap<string, unknown>;
  canExecuteFunction(names: readonly string[]): boolean;
}

const executes = (agent: Agent): agent is Agent & Executing => "canExecuteFunction" in agent && "functionMap" in agent;
export const canRun = (agent: Agent, names: readonly string[]): boolean => executes(agent) && agent.canExecuteFunction(names);
export const hasTools = (agent: Agent): boolean => executes(agent) && agent.functionMap.size > 0;
