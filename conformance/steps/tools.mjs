/** Tools: their signatures, their implementations, and calling them. */
import { plain } from "../map/json.mjs";
import { call, exported, NotAvailable } from "../map/not-available.mjs";
import { functionMap, toolFunction, toolSpec } from "../map/tools.mjs";

const FEATURE = "tool registration";

/** A tool of `tools.json`. @param {string} name @param {import("../map/stage.mjs").Stage} stage */
export function toolOf(name, stage) {
  const { description, parameters } = toolSpec(name);
  return exported("defineTool", FEATURE)({ name, description, parameters, execute: toolFunction(name, stage) });
}

/** What is given. @param {Record<string, unknown>} options */
const given = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** @type {Record<string, import("./index.mjs").Step>} */
export const tools = {
  register_tool({ tool: toolName, caller, executor, name, description, api_style: apiStyle }, stage) {
    const tool = toolOf(toolName, stage);
    const options = given({ name, description, apiStyle });
    if (caller != null) call(stage.agent(caller), "registerForLlm", FEATURE, tool, options);
    if (executor != null) call(stage.agent(executor), "registerForExecution", FEATURE, tool, options);
  },

  register_function_map: ({ agent, map }, stage) => {
    call(stage.agent(agent), "registerFunctionMap", "changing function maps", functionMap(map, stage));
  },

  update_tool_signature: ({ agent, sig, remove = false }, stage) => {
    call(stage.agent(agent), "updateToolSignature", "changing signatures", sig, remove);
  },

  update_function_signature: ({ agent, sig, remove = false }, stage) => {
    call(stage.agent(agent), "updateFunctionSignature", "changing signatures", sig, remove);
  },

  llm_tools({ agent }, stage) {
    const { toolOptions } = stage.agent(agent);
    if (toolOptions === undefined) throw new NotAvailable(FEATURE);
    return plain(toolOptions);
  },

  can_execute: ({ agent, names }, stage) => call(stage.agent(agent), "canExecuteFunction", "asking what can be executed", names),

  async execute_function({ agent, call: request }, stage) {
    const [ok, message] = await call(stage.agent(agent), "executeFunction", "executing functions directly", request);
    return { ok, message: plain(message) };
  },
};
